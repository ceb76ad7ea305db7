"""When a batch was where: the order that each acks promises, seen inside the brokers."""

import asyncio


async def station(lab, offset, true=lambda found: True):
    """Of the record at an offset of partition 0 of topic t, once it is as wanted."""
    while True:
        (found,) = await lab.cluster.stations("t", [(0, offset)])
        if found is not None and true(found):
            return found
        await asyncio.sleep(0.01)


def whole(found):
    return found.committed is not None and found.answered is not None and len(found.followers) == 2


async def test_acks_1_is_answered_before_the_followers_have_it(lab):
    await lab.topic()
    await lab.cluster.stations("t", [])
    await lab.produce([b"v"], acks="1")
    found = await station(lab, 0, whole)
    assert found.taken <= found.appended <= found.answered <= found.followers[0][1]
    assert found.followers[1][1] <= found.committed
    assert {found.leader, *(broker for broker, _ in found.followers)} == {1, 2, 3}


async def test_acks_all_is_answered_once_the_high_watermark_has_passed(lab):
    await lab.topic()
    await lab.cluster.stations("t", [])
    await lab.produce([b"v"], acks="all")
    found = await station(lab, 0, whole)
    assert (
        found.appended <= found.followers[0][1] <= found.followers[1][1] <= found.committed <= found.answered
    )


async def test_acks_0_is_never_answered(lab):
    await lab.topic()
    await lab.cluster.stations("t", [])
    await lab.produce([b"v"], acks="0")
    found = await station(lab, 0, lambda found: found.committed is not None)
    assert found.answered is None


async def test_with_frozen_followers_acks_1_is_answered_and_nothing_is_committed(lab):
    await lab.topic()
    await lab.cluster.stations("t", [])
    await lab.do("freeze", 2, 3)
    await lab.produce([b"v"], acks="1")
    found = await station(lab, 0, lambda found: found.answered is not None)
    assert (found.followers, found.committed) == ((), None)
    await lab.do("thaw")
    await station(lab, 0, whole)


async def test_what_nobody_asked_for_was_not_noted(lab):
    await lab.topic()
    await lab.produce([b"v"], acks="all")
    assert await lab.cluster.stations("t", [(0, 0), (0, 7), (5, 0)]) == (None, None, None)


async def test_the_batch_is_told_by_its_offsets_and_one_sent_again_is_counted(lab):
    await lab.topic()
    await lab.cluster.stations("t", [])
    await lab.do("drop-response", 1, 2, 3, times=1)
    await lab.produce(
        [b"a", b"b", b"c"], **{"enable.idempotence": "true", "linger.ms": "50", "request.timeout.ms": "1000"}
    )
    found = await station(lab, 1, lambda found: found.came_again > 0)
    assert (found.base, found.records) == (0, 3)
