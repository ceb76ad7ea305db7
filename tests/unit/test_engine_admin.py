"""What the engine asks again while a cluster does not know yet, on a client that says so."""

from collections.abc import Iterable
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException, TopicPartition

from workbench.engine.admin import Admin
from workbench.errors import ClusterError


class Client:
    """Answers list_offsets with each error in turn, then with 10 + partition."""

    def __init__(self, errors: Iterable[KafkaError]) -> None:
        self.errors = list(errors)
        self.asked = 0

    def list_offsets(self, asked: dict[TopicPartition, object], **_: object) -> dict[Any, Any]:
        self.asked += 1
        error = self.errors.pop(0) if self.errors else None
        answers: dict[Any, Any] = {}
        for key in asked:
            answers[key] = future = Future()
            if error is None:
                future.set_result(SimpleNamespace(offset=10 + key.partition))
            else:
                future.set_exception(KafkaException(error))
        return answers


def admin(*errors: KafkaError, timeout_s: float = 10.0) -> tuple[Admin, Client]:
    client = Client(errors)
    return Admin(SimpleNamespace(admin=lambda: client), "a:1", timeout_s), client  # type: ignore[arg-type]


NO_LEADERS = KafkaError(KafkaError._NOENT, "Failed to query partition leaders: No leaders found")


@pytest.mark.parametrize(
    "error",
    [
        NO_LEADERS,
        KafkaError(KafkaError.NOT_LEADER_FOR_PARTITION),
        KafkaError(KafkaError.LEADER_NOT_AVAILABLE),
    ],
    ids=lambda error: error.name(),
)
def test_what_is_not_known_yet_is_asked_again(error: KafkaError) -> None:
    asking, client = admin(error, error)
    assert asking.end_offsets("t", 2) == [10, 11]
    assert client.asked == 3


def test_what_is_not_known_in_time_is_said() -> None:
    asking, client = admin(*[NO_LEADERS] * 100, timeout_s=0.2)
    with pytest.raises(ClusterError, match=r"the offsets of topic 't': .*No leaders found"):
        asking.start_offsets("t", 1)
    assert client.asked > 1


def test_what_will_not_change_is_said_at_once() -> None:
    asking, client = admin(KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED, "no"))
    with pytest.raises(ClusterError, match="the offsets of topic 't': no"):
        asking.end_offsets("t", 1)
    assert client.asked == 1
