"""Answers about classic groups, as `answers` has the others."""

from datetime import timedelta

from kio.schema.errors import ErrorCode

from workbench.lab.answers import NONE, NOW, Answer

_UNKNOWN_OPERATIONS = -(2**31)


class GroupMember(Answer, kw_only=True, frozen=True):
    member_id: str
    group_instance_id: str | None
    metadata: bytes


class JoinedGroup(Answer, kw_only=True, frozen=True):
    throttle_time: timedelta = NOW
    error_code: ErrorCode = NONE
    generation_id: int
    protocol_type: str | None
    protocol_name: str | None
    """Null from version 7 on; before that an empty name."""
    leader: str
    skip_assignment: bool
    member_id: str
    members: tuple[GroupMember, ...]


class SyncedGroup(Answer, kw_only=True, frozen=True):
    throttle_time: timedelta = NOW
    error_code: ErrorCode = NONE
    protocol_type: str | None = None
    protocol_name: str | None = None
    assignment: bytes = b""


class Heartbeat(Answer, kw_only=True, frozen=True):
    throttle_time: timedelta = NOW
    error_code: ErrorCode = NONE


class LeavingMember(Answer, kw_only=True, frozen=True):
    member_id: str
    group_instance_id: str | None
    error_code: ErrorCode = NONE


class LeftGroup(Answer, kw_only=True, frozen=True):
    throttle_time: timedelta = NOW
    error_code: ErrorCode = NONE
    members: tuple[LeavingMember, ...] = ()


class DescribedGroupMember(Answer, kw_only=True, frozen=True):
    member_id: str
    group_instance_id: str | None
    client_id: str
    client_host: str
    member_metadata: bytes
    member_assignment: bytes


class DescribedGroup(Answer, kw_only=True, frozen=True):
    error_code: ErrorCode = NONE
    error_message: str | None = None
    group_id: str
    group_state: str = ""
    protocol_type: str = ""
    protocol_data: str = ""
    members: tuple[DescribedGroupMember, ...] = ()
    authorized_operations: int = _UNKNOWN_OPERATIONS


class DescribedGroups(Answer, kw_only=True, frozen=True):
    throttle_time: timedelta = NOW
    groups: tuple[DescribedGroup, ...]


class ListedGroup(Answer, kw_only=True, frozen=True):
    group_id: str
    protocol_type: str
    group_state: str
    group_type: str = "classic"


class ListedGroups(Answer, kw_only=True, frozen=True):
    throttle_time: timedelta = NOW
    error_code: ErrorCode = NONE
    groups: tuple[ListedGroup, ...]


class DeletedGroup(Answer, kw_only=True, frozen=True):
    group_id: str
    error_code: ErrorCode = NONE


class DeletedGroups(Answer, kw_only=True, frozen=True):
    throttle_time: timedelta = NOW
    results: tuple[DeletedGroup, ...]
