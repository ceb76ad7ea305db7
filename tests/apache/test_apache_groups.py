"""The answers that the lab's group coordinator is held to are Apache Kafka's own."""

import asyncio

import pytest
from confluent_kafka.admin import AdminClient, NewTopic
from group_script import ANSWERS, hold

pytestmark = [pytest.mark.apache, pytest.mark.timeout(120)]


async def test_a_conversation_with_a_group_s_coordinator(apache_bootstrap):
    admin = AdminClient({"bootstrap.servers": apache_bootstrap})
    await asyncio.to_thread(admin.create_topics([NewTopic("groups", 1, 3)])["groups"].result, 15)
    assert await hold(apache_bootstrap, "conversation", "groups") == ANSWERS
