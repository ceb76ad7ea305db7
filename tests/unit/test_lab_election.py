"""Elections as Kafka 4.1's PartitionChangeBuilder decides them (KIP-966): ISR, ELR, last known leader, unclean."""

import pytest

from workbench.lab.election import Electorate, changed
from workbench.lab.topic import NO_LEADER, Partition


def partition(isr=(1, 2, 3), leader=1, **more):
    return Partition("k", 0, (1, 2, 3), tuple(isr), leader, **more)


def among(*alive, minimum=1, **more):
    return Electorate(minimum, lambda broker: broker in alive, **more)


def without(before, broker, electorate):
    return changed(before, electorate, tuple(one for one in before.isr if one != broker))


def test_nothing_changes_where_nothing_has_to():
    before = partition()
    assert changed(before, among(1, 2, 3)) is before


def test_the_first_replica_in_the_isr_that_lives_leads():
    after = without(partition(), 1, among(3))
    assert (after.leader, after.isr) == (3, (2, 3))
    assert (after.leader_epoch, after.epoch) == (1, 1)


def test_an_isr_that_shrinks_raises_the_partition_epoch_only():
    after = without(partition(), 3, among(1, 2))
    assert (after.leader, after.leader_epoch, after.epoch) == (1, 0, 1)


def test_above_the_minimum_nobody_is_eligible():
    assert without(partition(), 3, among(1, 2, minimum=2)).elr == ()


def test_below_the_minimum_who_leaves_the_isr_stays_eligible():
    after = without(partition(isr=(1, 3)), 3, among(1, minimum=2))
    assert (after.isr, after.elr, after.leader) == ((1,), (3,), 1)


def test_without_isr_the_eligible_ones_lead():
    before = partition(isr=(1,), elr=(3,))
    dark = without(before, 1, among(2, minimum=2))
    assert (dark.leader, dark.isr, dark.elr, dark.last_known_leader) == (NO_LEADER, (), (1, 3), 1)
    assert dark.leader_epoch == 1
    light = changed(dark, among(2, 3, minimum=2))
    assert (light.leader, light.isr, light.elr, light.last_known_leader) == (3, (3,), (1,), NO_LEADER)
    assert light.leader_epoch == 2


def test_eligible_ones_do_not_lead_while_there_is_an_isr():
    """The ISR's only member is dead but not removed: it is what the ISR says that counts."""
    after = changed(partition(isr=(1,), elr=(3,)), among(3, minimum=2))
    assert (after.leader, after.isr) == (NO_LEADER, (1,))


def test_who_shut_down_uncleanly_is_not_eligible():
    dark = without(partition(isr=(1,)), 1, among())
    assert dark.elr == (1,)
    lost = changed(dark, among(), dark.isr, lost=(1,))
    assert (lost.elr, lost.last_known_leader, lost.leader) == ((), 1, NO_LEADER)


def test_with_nobody_eligible_the_last_known_leader_leads_alone():
    before = partition(isr=(), leader=NO_LEADER, last_known_leader=2)
    assert changed(before, among(1, 3)) is before
    after = changed(before, among(1, 2, 3))
    assert (after.leader, after.isr, after.last_known_leader) == (2, (2,), NO_LEADER)


def test_the_last_known_leader_waits_for_the_eligible_ones():
    before = partition(isr=(), elr=(3,), leader=NO_LEADER, last_known_leader=1)
    assert changed(before, among(1, 2)) is before


@pytest.mark.parametrize(("unclean", "leader"), [(False, NO_LEADER), (True, 2)])
def test_unclean_only_where_allowed(unclean, leader):
    after = without(partition(isr=(1,)), 1, among(2, 3, unclean=unclean))
    assert after.leader == leader
    assert after.isr == ((2,) if unclean else ())
    assert after.elr == (() if unclean else (1,))


def test_clean_goes_before_unclean():
    before = partition(isr=(), elr=(3,), leader=NO_LEADER, last_known_leader=1)
    assert changed(before, among(1, 2, 3, unclean=True)).leader == 3


def test_the_preferred_leader_is_taken_only_when_asked_for():
    before = partition(leader=2)
    assert changed(before, among(1, 2, 3)) is before
    assert changed(before, among(1, 2, 3, preferred=True)).leader == 1
    assert changed(partition(isr=(2, 3), leader=2), among(1, 2, 3, preferred=True)).leader == 2


def test_an_isr_of_the_minimum_again_clears_what_was_eligible():
    before = partition(isr=(1,), elr=(3,))
    assert changed(before, among(1, 2, 3, minimum=2), (1, 2)).elr == ()


def test_epochs_never_fall_whoever_comes_and_goes():
    state = partition()
    for alive in ((2, 3), (3,), (), (1,), (1, 2), (1, 2, 3)):
        isr = tuple(one for one in state.isr if one in alive)
        after = changed(state, among(*alive, minimum=2), isr)
        assert after.leader_epoch - state.leader_epoch == (after.leader != state.leader)
        assert after.epoch - state.epoch == (after is not state)
        assert after.leader == NO_LEADER or after.leader in after.isr
        assert not set(after.isr) & set(after.elr)
        state = after
    assert (state.leader, state.isr) == (2, (2,))
