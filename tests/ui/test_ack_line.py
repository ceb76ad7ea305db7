"""A record's stations in their order, on the axis of its run."""

from hypothesis import given
from hypothesis import strategies as st

from workbench.model.frame import Sample
from workbench.model.stations import Stations
from workbench.ui.theme import Roles
from workbench.ui.widgets.ack_line import ack_line

ROLES = Roles(**dict.fromkeys([n for n in Roles.__struct_fields__ if n != "heat"], "#808080"), heat=())


def drawn(stations, report=0.010, room=40, end=20.0):
    sample = Sample(7, 0.0, report, 0, 42)
    return "".join(segment.text for segment in ack_line(ROLES, sample, stations, room, end))


def marks(line):
    return [glyph for glyph in line if glyph not in "╌━─ "]


def test_acks_1_is_acked_before_the_followers():
    line = drawn(Stations(1, 0.005, 0.0051, ((2, 0.0061), (3, 0.0062)), 0.0063, 0.0052))
    assert marks(line) == ["1", "✓", "2", "3", "┃", "●"]
    assert line.startswith("╌╌╌╌")


def test_acks_all_is_acked_at_the_high_watermark():
    line = drawn(Stations(3, 0.005, 0.0051, ((1, 0.0061), (2, 0.0062)), 0.0063, 0.0064))
    assert marks(line) == ["3", "1", "2", "┃", "✓", "●"]


def test_what_comes_after_the_report_is_drawn_behind_it():
    line = drawn(Stations(1, 0.005, 0.0051, ((2, 0.015),), None, 0.0052), report=0.006)
    assert marks(line) == ["1", "✓", "●", "2"]


TIMES = st.floats(0, 0.03)


@given(TIMES, TIMES, st.lists(TIMES, max_size=8), st.none() | TIMES, st.none() | TIMES, st.integers(1, 80))
def test_a_line_fits_and_keeps_the_order(taken, appended, followers, committed, answered, room):
    found = tuple((number, at) for number, at in enumerate(sorted(followers), 2))
    line = drawn(Stations(1, taken, appended, found, committed, answered), room=room)
    assert len(line) <= room
    wanted = 2 + len(found) + (committed is not None) + (answered is not None)
    assert len(marks(line)) == (wanted if wanted <= room else 0)
