"""The budget's drawing: three lines as wide as there is room, whatever the config."""

from hypothesis import given
from hypothesis import strategies as st

from workbench.producer_config.meaning import TopicFacts, meaning
from workbench.ui.theme import Roles
from workbench.ui.widgets.budget_bar import budget_lines

TOPIC = TopicFacts(replication_factor=3, min_insync_replicas=2, brokers=3)
TIMES = st.one_of(st.integers(0, 2**31 - 1), st.integers(0, 2000), st.integers(0, 600_000)).map(str)
NAMES = (
    "linger.ms", "delivery.timeout.ms", "request.timeout.ms", "socket.timeout.ms", "retry.backoff.ms",
    "retry.backoff.max.ms", "max.block.ms", "retries",
)  # fmt: skip
CONFIGS = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, TIMES) | {"acks": st.sampled_from("01")})
GREY = "#808080"
ROLES = Roles(**dict.fromkeys([name for name in Roles.__struct_fields__ if name != "heat"], GREY), heat=())


def drawn(config, client="librdkafka", width=40):
    lines = budget_lines(meaning(config, TOPIC, client).budget, ROLES, width)
    return ["".join(segment.text for segment in line) for line in lines]


@given(CONFIGS, st.sampled_from(("librdkafka", "java")), st.integers(24, 90))
def test_three_lines_that_fit(config, client, width):
    lines = drawn(config, client, width)
    assert len(lines) == 3
    assert [len(line) <= width for line in lines] == [True] * 3, lines


def test_a_linger_longer_than_the_delivery_timeout_leaves_no_try():
    _, bar, _ = drawn({"linger.ms": "500000"})
    assert "linger" in bar
    assert "try" not in bar
