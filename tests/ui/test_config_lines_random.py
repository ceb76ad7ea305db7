"""Configs drawn by lot, nasty ones among them, through all that the config pane says: it fits, and tells no secret."""

import random

import msgspec
import pytest
from rich.cells import cell_len

from workbench.producer_config import all_properties
from workbench.ui import config_view
from workbench.ui.config_hints import typed_hints
from workbench.ui.config_model import View
from workbench.ui.setting_help import setting_help
from workbench.ui.theme import palette
from workbench.ui.widgets import config_lines
from workbench.ui.widgets.budget_bar import budget_lines
from workbench.ui.written import Written

CONFIGS = 12
SECRET = "hunter2"
NAMES = [name for item in all_properties() for name in (item.name, *item.aliases)]
NAMES += [
    "tea",
    "",
    "defaults",
    "日本",
    "a b",
    "{a}",
    "x{",
    "[/b]",
    "x" * 300,
    "spring.kafka.producer.acks",
    "\x1b[31m",
]
USUAL = [
    "acks",
    "linger.ms",
    "delivery.timeout.ms",
    "request.timeout.ms",
    "socket.timeout.ms",
    "max.block.ms",
]
USUAL += [
    "batch.size",
    "retries",
    "retry.backoff.ms",
    "retry.backoff.max.ms",
    "buffer.memory",
    "compression.type",
]
USUAL += [
    "enable.idempotence",
    "max.in.flight",
    "message.max.bytes",
    "transactional.id",
    "transaction.timeout.ms",
]
TEXTS = [
    "0",
    "1",
    "-1",
    "5",
    "100",
    "60000",
    "2147483647",
    "2147483648",
    "9" * 30,
    "1e3",
    "0x10",
    "010",
    "1.5",
]
TEXTS += [
    " 7 ",
    "7\t",
    "1_000",
    "５",
    "nan",
    "-inf",
    "1e400",
    "",
    "  ",
    "900000",
    "300001",
    "tea",
    "x" * 10_000,
]
TEXTS += [
    "日本語" * 50,
    "\x00",
    "\x1b[31m",
    "a,b,,",
    "${X}",
    "all",
    "TRUE",
    "java",
    "zstd",
    "lifo",
    "[/]",
    "\ud800",
]
TEXTS += [f"http://tea:{SECRET}@pot:1/", f'x.PlainLoginModule required password="{SECRET}";']


@pytest.mark.parametrize("seed", range(4))
async def test_every_line_fits_and_is_made_of_letters(still_app, play, seed):
    lots = random.Random(seed)
    app = still_app()
    async with app.run_test(size=(80, 24)):
        await play(app, None, tab="config")
        roles, session = palette(app), app.session
        for _ in range(CONFIGS):
            config = {
                lots.choice(lots.choice((NAMES, USUAL))): lots.choice(TEXTS)
                for _ in range(lots.choice((0, 1, 3, 8, 40)))
            }
            written = Written(lots.choice(("java", "librdkafka")), config)
            session.written = written
            session.scenario = msgspec.structs.replace(session.scenario, producer=written.producer)
            said = _painted(session, roles, lots)
            for name in (*lots.sample(NAMES, 3), *list(config)[:3]):
                said.append(setting_help(name, written, roles).plain.replace("\n", " "))
                typed = typed_hints(session.judge, written, name, lots.choice(TEXTS))
                said += [f"{hint.text} {hint.clients}" for hint in typed]
            assert all(text.isprintable() for text in said)
            assert [text for text in said if SECRET in text] == []


def _painted(session, roles, lots):
    groups, view = config_view.groups(session), View()
    view.only_changed = lots.random() < 0.3
    view.toggled = {group.name: lots.random() < 0.5 for group in groups}
    entries, said = view.entries(groups), []
    budget = config_view.meaning_of(session, session.written).budget
    for width in (20, *lots.sample(range(21, 121), 3)):
        names = config_lines.name_width(entries, width)
        lines = budget_lines(budget, roles, width)
        for line in config_lines.lines_of(entries, width, 0, None):
            entry = entries[line.entry]
            if line.hint is not None:
                lines.append(config_lines.hint_line(roles, width, line))
            elif entry.setting is None:
                lines.append(config_lines.title_line(roles, width, entry, None))
            else:
                lines.append(config_lines.setting_line(roles, width, entry.setting, names, None))
        painted = ["".join(segment.text for segment in line) for line in lines]
        assert max(cell_len(text) for text in painted) <= width
        said += painted
    return said
