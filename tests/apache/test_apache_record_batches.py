"""The answers that the lab is held to are Apache Kafka's own."""

import asyncio

import pytest
from confluent_kafka.admin import AdminClient, NewTopic
from kafka_socket import connect
from record_batch_cases import CASES, TOPICS

pytestmark = [pytest.mark.apache, pytest.mark.timeout(120)]
_NOT_LEADER = {3, 6}  # also "not known yet": the topic is new


async def test_every_batch(apache_bootstrap):
    admin = AdminClient({"bootstrap.servers": apache_bootstrap})
    names = {name: f"batches-{name}" for name in TOPICS}
    wanted = [NewTopic(names[name], 1, 1, config=config) for name, config in TOPICS.items()]
    for made in admin.create_topics(wanted).values():
        await asyncio.to_thread(made.result, 15)
    brokers = len(apache_bootstrap.split(","))
    leaders = {}
    different = {}
    for name, case in CASES.items():
        leaders.setdefault(case.topic, await _leader(apache_bootstrap, names[case.topic], brokers))
        socket = await connect(apache_bootstrap, leaders[case.topic])
        answer = await socket.produce(case.records, topic=names[case.topic], version=case.version)
        socket.writer.close()
        got = answer.error_code, tuple(error.batch_index for error in getattr(answer, "record_errors", ()))
        said = getattr(answer, "error_message", None) or ""
        if got != (case.code, case.at) or case.words not in said:
            different[name] = (got, said)
    assert different == {}


async def _leader(bootstrap, topic, brokers):
    """Asks all of them with an honest batch until one takes it: the test's time limit bounds it."""
    while True:
        for broker in range(1, brokers + 1):
            socket = await connect(bootstrap, broker)
            answer = await socket.produce(CASES["whole"].records, topic=topic)
            socket.writer.close()
            if answer.error_code not in _NOT_LEADER:
                return broker
        await asyncio.sleep(0.1)
