"""What no honest client sends: the lab answers what Apache Kafka answered (tests/apache/ asks it again)."""

import pytest
from kafka_socket import connect
from record_batch_cases import CASES, TOPICS


async def test_every_batch_is_answered_as_by_apache_kafka(lab):
    for name, config in TOPICS.items():
        await lab.topic(name, 1, 1, **config)
    leaders = {state.topic: state.leader for state in await lab.cluster.replicas()}
    different = {}
    stored = dict.fromkeys(TOPICS, 0)
    for name, case in CASES.items():
        socket = await connect(lab.bootstrap, leaders[case.topic])
        answer = await socket.produce(case.records, topic=case.topic, version=case.version)
        socket.writer.close()
        got = answer.error_code, tuple(error.batch_index for error in getattr(answer, "record_errors", ()))
        wanted = case.code if case.lab is None else case.lab
        said = getattr(answer, "error_message", None) or ""
        if got != (wanted, case.at) or case.words not in said:
            different[name] = (got, said)
        if not wanted:
            stored[case.topic] += case.count
    assert different == {}
    ends = {state.topic: state.replica(state.leader).log_end for state in await lab.cluster.replicas()}
    assert ends == stored


@pytest.mark.parametrize(
    "name", [name for name, case in CASES.items() if case.topic == "plain" and not case.code]
)
async def test_what_is_taken_can_be_read_by_a_client(lab, name):
    await lab.topic("t", 1, 1)
    socket = await connect(lab.bootstrap, 1)
    assert (await socket.produce(CASES[name].records, version=CASES[name].version)).error_code == 0
    socket.writer.close()
    count = CASES[name].count
    got = await lab.consume(count)
    if name != "offset deltas that jump":
        assert [message.offset() for message in got] == list(range(count))
