"""The history of what the client held keeps the columns it has drawn; they must be those drawn anew."""

import math

import pytest
from msgspec.structs import replace

from workbench.model.client_state import BrokerFlight, ClientState, Waits
from workbench.ui.theme import Roles, builtin_folder, load
from workbench.ui.widgets.pipeline.history import History

CALM = ClientState(
    at=1.0, late_s=0.001, records=120, records_max=100_000, bytes=12_000, bytes_max=10**9,
    queued=(10, 10), travelling=(50, 50), brokers=(BrokerFlight(1, "UP", 1, 100, 0, 0, 4.0, 0),),
    batch_records=50, batch_bytes=5000.0, waits=Waits(100, 300.0, 100, 10.0, 400.0),
)  # fmt: skip


def moment(number: int) -> ClientState:
    waiting, travelling = (round(400 * (1 + f(number / 3))) for f in (math.sin, math.cos))
    grown = 10 if number > 60 else 1  # the scale grows in the middle
    return replace(
        CALM, at=number / 4, queued=(waiting * grown,), travelling=(travelling,),
        records=waiting * grown + travelling + number % 7,
    )  # fmt: skip


def roles(name: str) -> Roles:
    themes, _ = load((builtin_folder(),))
    return themes[name].roles


def drawn(chart: History, theme: str = "kwb-dark", size: tuple[int, int] = (60, 9)) -> list[str]:
    """Text, colours and all."""
    return [str([(s.text, s.style) for s in line]) for line in chart.lines(roles(theme), *size)]


def fresh(states: list[ClientState], *, ended: bool = False) -> History:
    chart = History()
    chart.show(states, ended=ended)
    return chart


def test_as_moments_come_and_the_scale_grows_it_is_as_drawn_anew() -> None:
    chart, states = History(), []
    for number in range(1, 120):
        states.append(moment(number))
        chart.show(list(states), ended=False)
        assert drawn(chart) == drawn(fresh(states)), number
    chart.show(states, ended=True)
    assert drawn(chart) == drawn(fresh(states, ended=True))


@pytest.mark.parametrize("size", [(60, 9), (30, 9), (60, 14)])
def test_another_theme_or_size_draws_it_anew(size: tuple[int, int]) -> None:
    states = [moment(number) for number in range(1, 50)]
    chart = fresh(states)
    drawn(chart)
    assert drawn(chart, "kwb-light", size) == drawn(fresh(states), "kwb-light", size)
    assert drawn(chart) == drawn(fresh(states))


def test_another_run_has_none_of_the_columns_of_the_last() -> None:
    chart = fresh([moment(number) for number in range(1, 50)])
    drawn(chart)
    other = [replace(moment(number + 7), at=number / 4 + 1000.0) for number in range(1, 50)]
    chart.show(other, ended=False)
    assert drawn(chart) == drawn(fresh(other))
