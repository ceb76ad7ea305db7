"""Keys, clicks, pastes and new sizes drawn by lot, with the seed in the test's name: the config pane outlives them."""

import random

import pytest
from textual import events

from workbench.ui.widgets.config_list import ConfigList

KEYS = 40
SIZES = ((80, 24), (120, 36), (140, 42), (200, 60), (40, 12))
ON_A_ROW = (
    *("up", "down", "left", "right", "enter", "escape", "backspace", "delete", "space", "home", "end"),
    *("pageup", "pagedown", "e", "c", "j", "f", "u", "r", "slash", "tab", "shift+tab", "ctrl+f", "ctrl+z"),
)
IN_A_FIELD = (*"0159-.kmn[{é日", "backspace", "enter", "up", "escape")
SECRET = "hunter2"
PASTES = (
    "acks=0",
    "just words\nof text",
    "acks=\\u12\n",
    "[/tea]=5",
    "{tea}=1\nte{a=\\u001b[31m\n[b]tea=[/]\n",
    "message.timeout.ms=5000\nqueue.buffering.max.kbytes=100\nlinger.ms=99999999\n",
    f"sasl.password={SECRET}\nssl.key.password={SECRET}\nsasl.jass.config=x required password={SECRET};\n",
    "batch.size=99999999999999999999\nretries=-1\ntea=milk\nlinger.ms=\nmax.request.size=\\ud83d\n",
    "sasl.login.refresh.buffer.seconds=nan\nbuffer.memory=inf\nmax.block.ms=5\ninterceptor.classes=tea.Pot\n",
    f"security.protocol=SASL_SSL\nsasl.jaas.config=x.PlainLoginModule required password={SECRET};\nclient.id={'x' * 9999}\n",
)
CONFIGS = (None, {}, {"defaults": "java"}, {"acks": "0", "linger.ms": "400000", "tea": SECRET[:3]})


@pytest.mark.parametrize("seed", range(6))
async def test_no_keys_end_the_screen_and_undo_leads_back(still_app, play, seed):
    lots = random.Random(seed)
    app = still_app(producer=lots.choice(CONFIGS))
    async with app.run_test(size=lots.choice(SIZES), notifications=True) as pilot:
        await play(app, None, tab="config")
        session, listed = app.session, app.bench.query_one(ConfigList)
        first = dict(session.scenario.producer)
        listed.focus()
        await pilot.pause()
        for _ in range(KEYS):
            before, in_list = dict(session.scenario.producer), app.focused is listed
            key = await _one_thing(app, pilot, listed, lots)
            assert SECRET not in "".join(strip.text for strip in listed._strips)
            if key == "j" and in_list:
                assert session.scenario.producer == before
        while app.screen is not app.bench:
            await pilot.press("escape")
        listed.cancel()
        app.bench.action_tab("config")
        listed.focus()
        await pilot.pause()
        for _ in range(len(session._edits.before)):
            await pilot.press("u")
        assert session.scenario.producer == first


async def _one_thing(app, pilot, listed, lots):
    """The key, where it was one."""
    drawn = lots.random()
    if drawn < 0.1:
        (app.focused or listed).post_message(events.Paste(lots.choice(PASTES)))
        await pilot.pause()
        return ""
    if drawn < 0.15:
        await pilot.resize_terminal(*lots.choice(SIZES))
        return ""
    if drawn < 0.2:
        listed.go_to(lots.choice([setting.name for setting in listed.settings]))
        await pilot.pause()
        return ""
    key = lots.choice(IN_A_FIELD if listed.editing and drawn < 0.8 else ON_A_ROW)
    await pilot.press(key)
    return key
