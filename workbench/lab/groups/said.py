"""What is asked of a group's coordinator and what it says, without the protocol around it."""

from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec
from kio.schema.errors import ErrorCode

UNKNOWN_MEMBER = ""
"""The member id of one that has none yet."""


class Timer(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    """An event loop, or a test's stand-in for one."""

    def call_later(self, delay: float, callback: Callable[[], None], /) -> Timer: ...


class GroupError(Exception):
    """Why a request is refused; `text` where the protocol has room for one."""

    def __init__(self, code: ErrorCode, text: str | None = None) -> None:
        super().__init__(code.name)
        self.code = code
        self.text = text


class Identity(msgspec.Struct, frozen=True):
    """Who asks: the member id, and the instance id of a static member (KIP-345)."""

    member_id: str = UNKNOWN_MEMBER
    instance_id: str | None = None


class Join(msgspec.Struct, frozen=True, kw_only=True):
    """JoinGroup. Times in ms; `protocols`: metadata by name, in the member's order of preference."""

    group_id: str
    who: Identity = Identity()
    client_id: str = ""
    client_host: str = ""
    session_timeout_ms: int
    rebalance_timeout_ms: int
    protocol_type: str
    protocols: Mapping[str, bytes]
    must_know_id: bool = True
    """KIP-394: a dynamic member is first told its id and asked to join again with it."""
    may_skip_assignment: bool = True
    """KIP-814: a static leader that comes back learns that nothing is to be assigned."""


class Sync(msgspec.Struct, frozen=True, kw_only=True):
    """SyncGroup. `protocol`: type and name as far as the request has them; only the leader assigns."""

    group_id: str
    who: Identity
    generation: int
    protocol: tuple[str | None, str | None] = (None, None)
    assignments: Mapping[str, bytes] = {}


class JoinedMember(msgspec.Struct, frozen=True):
    member_id: str
    instance_id: str | None
    metadata: bytes


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """JoinGroup's answer; only the leader learns the members."""

    error: ErrorCode = ErrorCode.none
    generation: int = -1
    protocol_type: str | None = None
    protocol: str | None = None
    leader: str = UNKNOWN_MEMBER
    member_id: str = UNKNOWN_MEMBER
    members: tuple[JoinedMember, ...] = ()
    skip_assignment: bool = False


class Synced(msgspec.Struct, frozen=True, kw_only=True):
    """SyncGroup's answer."""

    error: ErrorCode = ErrorCode.none
    protocol_type: str | None = None
    protocol: str | None = None
    assignment: bytes = b""


class DescribedMember(msgspec.Struct, frozen=True):
    who: Identity
    client_id: str
    client_host: str
    metadata: bytes
    assignment: bytes


class Described(msgspec.Struct, frozen=True):
    """A group from outside; `state` in Kafka's spelling."""

    group_id: str
    state: str
    protocol_type: str
    protocol: str
    members: tuple[DescribedMember, ...] = ()
