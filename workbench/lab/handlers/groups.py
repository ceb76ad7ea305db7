"""FindCoordinator, and classic groups: JoinGroup, SyncGroup, Heartbeat, LeaveGroup, and what admins ask."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from kio.schema.errors import ErrorCode

from workbench.lab import answers, group_answers
from workbench.lab.groups.said import Described, GroupError, Identity, Join, Joined, Sync, Synced

if TYPE_CHECKING:
    from workbench.lab.broker import Broker
    from workbench.lab.wire import Request

A = TypeVar("A")
# versions
_SEVERAL_KEYS_FROM = 4  # FindCoordinator
_MUST_KNOW_ID_FROM, _NO_PROTOCOL_FROM, _SKIPS_FROM = 4, 7, 9  # JoinGroup
_NAMES_PROTOCOL_FROM = 5  # SyncGroup
_LEAVES_SEVERAL_FROM = 3  # LeaveGroup
_NOT_FOUND_FROM = 6  # DescribeGroups

_GROUP = 0  # FindCoordinator's key type
_CLIENT_HOST = "/127.0.0.1"  # every client is on this machine; Kafka writes an InetAddress like this


class _Waiting(Generic[A]):
    """For an answer that comes later; nobody may be there to hear it."""

    def __init__(self) -> None:
        self.answered: asyncio.Future[A] = asyncio.get_running_loop().create_future()

    def answer(self, said: A) -> None:
        if not self.answered.done():
            self.answered.set_result(said)


async def find_coordinator(
    broker: "Broker", request: "Request"
) -> answers.Coordinator | answers.Coordinators:
    """There is no coordinator of transactions."""
    body, cluster = request.body, broker.cluster
    groups = getattr(body, "key_type", _GROUP) == _GROUP

    def found(key: str) -> answers.Coordinator:
        if not groups:
            return answers.Coordinator(
                key=key,
                error_code=ErrorCode.transactional_id_authorization_failed,
                error_message="The lab has no transactions",
            )
        home = cluster.groups.broker_of(key)
        if home is None:
            return answers.Coordinator(key=key, error_code=ErrorCode.coordinator_not_available)
        node = cluster.brokers[home].node
        return answers.Coordinator(key=key, node_id=node.node_id, host=node.host, port=node.port)

    if request.version < _SEVERAL_KEYS_FROM:
        return found(body.key)
    return answers.Coordinators(coordinators=tuple(found(key) for key in body.coordinator_keys))


async def join_group(broker: "Broker", request: "Request") -> group_answers.JoinedGroup:
    """Answered when the group has come to its next generation."""
    body = request.body
    session_ms = _ms(body.session_timeout)
    rebalance_ms = _ms(body.rebalance_timeout) if request.version else session_ms
    join = Join(
        group_id=body.group_id,
        who=_who(body),
        client_id=request.client_id or "",
        client_host=_CLIENT_HOST,
        session_timeout_ms=session_ms,
        rebalance_timeout_ms=rebalance_ms,
        protocol_type=body.protocol_type,
        protocols={protocol.name: protocol.metadata for protocol in body.protocols},
        must_know_id=request.version >= _MUST_KNOW_ID_FROM,
        may_skip_assignment=request.version >= _SKIPS_FROM,
    )
    try:
        broker.cluster.groups.need_at(broker.id, join.group_id)
    except GroupError as no:
        joined = Joined(error=no.code, member_id=join.who.member_id)
    else:
        waiting = _Waiting[Joined]()
        broker.cluster.groups.join(join, waiting.answer)
        joined = await waiting.answered
    named = request.version >= _NO_PROTOCOL_FROM
    return group_answers.JoinedGroup(
        error_code=joined.error,
        generation_id=joined.generation,
        protocol_type=joined.protocol_type,
        protocol_name=joined.protocol if named else joined.protocol or "",
        leader=joined.leader,
        skip_assignment=joined.skip_assignment,
        member_id=joined.member_id,
        members=tuple(
            group_answers.GroupMember(
                member_id=member.member_id, group_instance_id=member.instance_id, metadata=member.metadata
            )
            for member in joined.members
        ),
    )


async def sync_group(broker: "Broker", request: "Request") -> group_answers.SyncedGroup:
    """Answered when the leader has said who gets what."""
    body, groups = request.body, broker.cluster.groups
    protocol = getattr(body, "protocol_type", None), getattr(body, "protocol_name", None)
    if request.version >= _NAMES_PROTOCOL_FROM and None in protocol:
        return group_answers.SyncedGroup(error_code=ErrorCode.inconsistent_group_protocol)
    try:
        groups.need_at(broker.id, body.group_id)
    except GroupError as no:
        return group_answers.SyncedGroup(error_code=no.code)
    waiting = _Waiting[Synced]()
    sync = Sync(
        group_id=body.group_id,
        who=_who(body),
        generation=body.generation_id,
        protocol=protocol,
        assignments={given.member_id: given.assignment for given in body.assignments},
    )
    groups.sync(sync, waiting.answer)
    synced = await waiting.answered
    return group_answers.SyncedGroup(
        error_code=synced.error,
        protocol_type=synced.protocol_type,
        protocol_name=synced.protocol,
        assignment=synced.assignment,
    )


async def heartbeat(broker: "Broker", request: "Request") -> group_answers.Heartbeat:
    body, groups = request.body, broker.cluster.groups
    try:
        groups.need_at(broker.id, body.group_id)
        groups.heartbeat(body.group_id, _who(body), body.generation_id)
    except GroupError as no:
        return group_answers.Heartbeat(error_code=no.code)
    return group_answers.Heartbeat()


async def leave_group(broker: "Broker", request: "Request") -> group_answers.LeftGroup:
    body, groups = request.body, broker.cluster.groups
    try:
        groups.need_at(broker.id, body.group_id)
    except GroupError as no:
        return group_answers.LeftGroup(error_code=no.code)
    if request.version < _LEAVES_SEVERAL_FROM:
        (code,) = groups.leave(body.group_id, [_who(body)])
        return group_answers.LeftGroup(error_code=code)
    leaving = [_who(member) for member in body.members]
    return group_answers.LeftGroup(
        members=tuple(
            group_answers.LeavingMember(
                member_id=who.member_id, group_instance_id=who.instance_id, error_code=code
            )
            for who, code in zip(leaving, groups.leave(body.group_id, leaving), strict=True)
        )
    )


async def describe_groups(broker: "Broker", request: "Request") -> group_answers.DescribedGroups:
    not_found = request.version >= _NOT_FOUND_FROM
    return group_answers.DescribedGroups(
        groups=tuple(_described(broker, group_id, not_found) for group_id in request.body.groups)
    )


def _described(broker: "Broker", group_id: str, not_found: bool) -> group_answers.DescribedGroup:
    try:
        broker.cluster.groups.need_at(broker.id, group_id)
    except GroupError as no:
        return group_answers.DescribedGroup(group_id=group_id, error_code=no.code)
    found = broker.cluster.groups.describe(group_id)
    if found is None:
        return group_answers.DescribedGroup(
            group_id=group_id,
            group_state="Dead",
            error_code=ErrorCode.group_id_not_found if not_found else ErrorCode.none,
            error_message=f"Group {group_id} not found." if not_found else None,
        )
    return group_answers.DescribedGroup(
        group_id=group_id,
        group_state=found.state,
        protocol_type=found.protocol_type,
        protocol_data=found.protocol,
        members=_members(found),
    )


def _members(found: Described) -> tuple[group_answers.DescribedGroupMember, ...]:
    return tuple(
        group_answers.DescribedGroupMember(
            member_id=member.who.member_id,
            group_instance_id=member.who.instance_id,
            client_id=member.client_id,
            client_host=member.client_host,
            member_metadata=member.metadata,
            member_assignment=member.assignment,
        )
        for member in found.members
    )


async def list_groups(broker: "Broker", request: "Request") -> group_answers.ListedGroups:
    """Those that this broker coordinates. Filters as Kafka reads them: no matter in which case."""
    states = {state.lower() for state in getattr(request.body, "states_filter", ())}
    types = {kind.lower() for kind in getattr(request.body, "types_filter", ())}
    return group_answers.ListedGroups(
        groups=tuple(
            group_answers.ListedGroup(
                group_id=group.group_id, protocol_type=group.protocol_type, group_state=group.state
            )
            for group in broker.cluster.groups.groups_at(broker.id)
            if (not states or group.state.lower() in states) and (not types or "classic" in types)
        )
    )


async def delete_groups(broker: "Broker", request: "Request") -> group_answers.DeletedGroups:
    groups, results = broker.cluster.groups, []
    for group_id in request.body.groups_names:
        try:
            groups.need_at(broker.id, group_id)
            groups.delete(group_id)
        except GroupError as no:
            results.append(group_answers.DeletedGroup(group_id=group_id, error_code=no.code))
        else:
            results.append(group_answers.DeletedGroup(group_id=group_id))
    return group_answers.DeletedGroups(results=tuple(results))


def _who(body: Any) -> Identity:
    return Identity(body.member_id, getattr(body, "group_instance_id", None))


def _ms(time: timedelta) -> int:
    return round(time.total_seconds() * 1000)
