"""The ledger's equations are checked wherever all their parts are known."""

from msgspec.structs import replace

from workbench.model.ledger import Ledger

WHOLE = Ledger(
    sent=10, rejected=1, acked=6, unconfirmed=0, failed=2, pending=1, stored=7, acked_stored=5, lost=1, expired=0,
    unconfirmed_stored=0, vanished=0, stored_though_failed=1, stored_though_pending=1, duplicated=0, reordered=0,
)  # fmt: skip


def test_a_ledger_that_adds_up_has_no_broken_equation() -> None:
    assert WHOLE.broken_equations() == []


def test_each_equation_is_named_when_it_breaks() -> None:
    for change, words in [
        ({"pending": 0}, "sent = rejected"),
        ({"lost": 0}, "acked = acked_stored"),
        ({"vanished": 3}, "unconfirmed = unconfirmed_stored"),
        ({"stored": 9}, "stored = acked_stored"),
    ]:
        broken = replace(WHOLE, **change).broken_equations()
        assert len(broken) == 1
        assert broken[0].startswith(words)


def test_what_is_not_known_breaks_nothing() -> None:
    assert Ledger(sent=3, rejected=0, acked=3, unconfirmed=0, failed=0, pending=0).broken_equations() == []
