"""Faults on the lab's brokers: what can be done now, and doing it."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from kio.schema.errors import ErrorCode

from workbench.errors import InputError
from workbench.lab.condition import Condition
from workbench.lab.happenings import Happenings
from workbench.lab.lifecycle import Lifecycle
from workbench.model.cluster_state import HappenedKind
from workbench.model.fault import CONTROLLER, LONGEST_DELAY_MS, Action, FaultKind

_NOT_OF_BROKERS: tuple[FaultKind, ...] = ("add-partitions", "wait")
_FELT: tuple[FaultKind, ...] = ("slow", "drop-response", "error")
_OF_A_LIVING_ONE: tuple[FaultKind, ...] = ("freeze", "thaw", "stop", "isolate", *_FELT)
_NOTES: Mapping[FaultKind, HappenedKind] = MappingProxyType(
    {
        "freeze": "frozen",
        "thaw": "thawed",
        "kill": "killed",
        "stop": "stopped",
        "wipe": "wiped",
        "isolate": "isolated",
        "slow": "slowed",
    }
)


class Faults:
    """`brokers` by id. Several brokers at once: all or, where one of them cannot, none."""

    def __init__(self, brokers: dict[int, Lifecycle], happenings: Happenings) -> None:
        self._brokers = brokers
        self._happenings = happenings

    async def do(self, action: Action) -> None:
        """Raises InputError where it cannot be done now, in one line."""
        if action.do in _NOT_OF_BROKERS:
            raise InputError(f"{action.do} is nothing that is done to a broker")
        lives = self._targets(action)
        for life in lives:
            if complaint := _complaint(action.do, life):
                raise InputError(f"cannot {action.do} broker {life.broker.id}: {complaint}")
        match action.do:
            case "slow":
                if not 0 <= action.ms <= LONGEST_DELAY_MS:
                    raise InputError(f"slow: ms must be 0 to {LONGEST_DELAY_MS}, not {action.ms}")
            case "error":
                _error(action.code)
        if action.do in {"error", "drop-response"} and action.times < 1:
            raise InputError(f"{action.do}: times must be at least 1, not {action.times}")
        for life in lives:
            await self._do(action, life)

    def _targets(self, action: Action) -> list[Lifecycle]:
        if CONTROLLER in action.brokers:
            raise InputError(
                f"cannot {action.do} the controller: the lab's is no broker of its own; Apache Kafka's is"
            )
        for number in action.brokers:
            if number not in self._brokers:
                raise InputError(
                    f"cannot {action.do} broker {number}: there is no such broker (1 to {len(self._brokers)})"
                )
        if action.brokers:
            return [self._brokers[number] for number in action.brokers]
        if action.do in {"thaw", "restart"}:  # everything
            return [life for life in self._brokers.values() if not _complaint(action.do, life)]
        raise InputError(f"{action.do} needs a broker")

    async def _do(self, action: Action, life: Lifecycle) -> None:
        number, condition = life.broker.id, life.broker.condition
        note = _NOTES.get(action.do)
        if action.do == "thaw" and not condition.frozen:
            note = "joined" if condition.isolated else "slowed" if condition.delay_s else None  # by 0 ms
        if note is not None:
            self._happenings.add(note, number, count=action.ms)
        match action.do:
            case "freeze":
                life.freeze()
            case "thaw":
                life.calm()
            case "kill":
                await life.kill()
            case "stop":
                await life.stop()
            case "restart":
                _restart(life)
            case "wipe":
                life.wipe()
            case "isolate":
                life.isolate()
            case _:
                _disturb(condition, action)


def _disturb(condition: Condition, action: Action) -> None:
    match action.do:
        case "slow":
            condition.delay_s = action.ms / 1000
        case "drop-response":
            condition.drops = action.times
        case "error":
            condition.errors, condition.error = action.times, _error(action.code)


def _restart(life: Lifecycle) -> None:
    try:
        life.restart()
    except OSError as error:
        port = life.broker.listener.port
        raise InputError(f"cannot restart broker {life.broker.id}: port {port}: {error.strerror}") from error


def _complaint(do: FaultKind, life: Lifecycle) -> str | None:
    """Why it cannot be done to this broker now."""
    condition = life.broker.condition
    refusals: tuple[tuple[bool, Collection[str], str], ...] = (
        (condition.up, ("restart", "wipe"), "it runs; kill or stop it first"),
        (not condition.up, ("kill",), "it is dead already"),
        (not condition.up, _OF_A_LIVING_ONE, "it is dead; restart it first"),
        (life.stopping, _OF_A_LIVING_ONE, "it is shutting down"),
        (not (condition.frozen or condition.odd), ("thaw",), "it is neither frozen, isolated nor slow"),
        (condition.frozen, ("freeze",), "it is frozen already"),
        (condition.frozen, ("stop", *_FELT), "it is frozen; thaw it first"),
        (condition.isolated, ("isolate",), "it is isolated already"),
        (condition.isolated, ("stop",), "it cannot hand over what it leads; thaw it first, or kill it"),
        (life.starting, ("stop",), "it is still starting; kill it instead"),
    )
    return next((text for holds, kinds, text in refusals if holds and do in kinds), None)


def _error(code: str) -> ErrorCode:
    """By Kafka's name. Raises InputError."""
    known = {one.name.upper(): one for one in ErrorCode if one is not ErrorCode.none}
    if code not in known:
        near = get_close_matches(code.upper(), known, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise InputError(f"error: Kafka has no error {code!r}{hint}")
    return known[code]
