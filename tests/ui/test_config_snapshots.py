"""The config pane and what it means, as they looked when they were last found good."""

import pytest

MANY = {
    "acks": "1",
    "enable.idempotence": "true",
    "delivery.timeout.ms": "1000",
    "linger.ms": "500",
    "retries": "3",
    "batch.size": "100",
    "compression.type": "zstd",
    "sasl.password": "hush",
}
BUDGETS = {
    "short": {"delivery.timeout.ms": "1000", "linger.ms": "500", "max.block.ms": "250"},
    "few": {"retries": "2", "socket.timeout.ms": "20000", "retry.backoff.ms": "5000",
            "retry.backoff.max.ms": "30000", "delivery.timeout.ms": "90000", "linger.ms": "8000"},
    "endless": {"delivery.timeout.ms": "0", "acks": "all"},
    "unanswered": {"acks": "0"},
    "countless": {"socket.timeout.ms": "50"},
}  # fmt: skip


@pytest.fixture
def shown(snap_compare, still_app, play):
    """Compares the screen with this producer config, after these keys in the config pane."""

    def compare(size, producer=None, keys=(), theme="kwb-dark"):
        app = still_app(None, theme, producer=producer)

        async def before(pilot):
            await play(app, None, tab="config")
            await pilot.press("1", *keys)
            await pilot.pause()
            app.paint()
            await pilot.pause()

        return snap_compare(app, terminal_size=size, run_before=before)

    return compare


@pytest.mark.parametrize("theme", ["kwb-dark", "kwb-light"])
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (140, 42), (200, 60)], ids=lambda s: f"{s[0]}x{s[1]}")
def test_a_clean_config(shown, size, theme):
    assert shown(size, keys=("down",) * 3, theme=theme)


@pytest.mark.parametrize("theme", ["kwb-dark", "kwb-light"])
def test_one_error(shown, theme):
    producer = {"acks": "all", "enable.idempotence": "true"}
    assert shown((140, 42), producer, ("down",) * 3 + ("enter",), theme)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (140, 42), (200, 60)], ids=lambda s: f"{s[0]}x{s[1]}")
def test_many_hints(shown, size):
    assert shown(size, MANY, ("down",) * 8)


@pytest.mark.parametrize("name", BUDGETS)
def test_the_budget(shown, name):
    assert shown((140, 42), BUDGETS[name], ("down",) * 8)


@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=lambda s: f"{s[0]}x{s[1]}")
def test_a_budget_overrun(shown, size):
    assert shown(size, BUDGETS["short"], ("down",) * 8)


def test_the_filter(shown):
    assert shown((120, 36), keys=("slash", *"backoff"))


def test_only_what_is_changed(shown):
    assert shown((140, 42), MANY, ("c",))


@pytest.mark.parametrize("size", [(80, 24), (140, 42), (200, 60)], ids=lambda s: f"{s[0]}x{s[1]}")
def test_in_javas_names(shown, size):
    assert shown(size, {"acks": "all", "linger.ms": "20"}, ("j", *["down"] * 6))


def test_closed_groups_say_what_is_in_them(shown):
    assert shown((80, 24), MANY, ("end",))


def test_a_value_being_typed_is_completed(shown):
    assert shown((140, 42), keys=(*["down"] * 5, "e", "ctrl+u", *"l"))
