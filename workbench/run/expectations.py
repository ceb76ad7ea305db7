"""Whether a report is what a scenario expected of it. What is not known (None) only equals null."""

import operator
from collections.abc import Callable, Sequence
from typing import Any

from workbench.model.expect import value_at, written
from workbench.model.report import Held, Report
from workbench.model.scenario import Expectation


def judged(report: Report, expectations: Sequence[Expectation]) -> tuple[Held, ...]:
    return tuple(_judged(report, expectation) for expectation in expectations)


def _judged(report: Report, expectation: Expectation) -> Held:
    got, wanted, sign = value_at(report, expectation.path), expectation.wanted, expectation.operator
    if got is None:
        held = sign == "==" and wanted is None
    elif wanted is None:
        held = sign == "!="
    else:
        held = bool(_compare(sign)(got, wanted))
    return Held(path=expectation.path, wanted=written(expectation), got=got, held=held)


def _compare(sign: str) -> Callable[[Any, Any], Any]:
    return {
        "==": operator.eq,
        "!=": operator.ne,
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
    }[sign]
