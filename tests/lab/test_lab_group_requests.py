"""The lab's group coordinator answers as Apache Kafka did (tests/apache/ asks it again)."""

from group_script import ANSWERS, hold


async def test_a_conversation_with_a_group_s_coordinator(lab):
    await lab.topic("groups")
    assert await hold(lab.bootstrap, "conversation", "groups") == ANSWERS
