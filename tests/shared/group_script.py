"""A conversation with a group's coordinator, request by request, and what Apache Kafka 4.1.0 answered.

`tests/apache/test_apache_groups.py` holds it with Apache Kafka, `tests/lab/test_lab_group_requests.py` with the lab.
"""

import asyncio
from datetime import timedelta

from kafka_socket import Socket, connect

FIND, JOIN, BEAT, LEAVE, SYNC, DESCRIBE, LIST, COMMIT, FETCH, DELETE = 10, 11, 12, 13, 14, 15, 16, 8, 9, 42
_NOT_YET = {14, 15, 16}  # its log is being loaded, or made
SUBSCRIPTION = b"\0\0" + b"\0\0\0\1" + b"\0\1t" + b"\xff\xff\xff\xff"
"""Version 0, to topic t, no user data. Apache Kafka looks into it, and of other bytes it never answers a join."""


async def coordinator(bootstrap: str, group: str) -> Socket:
    """A connection to the group's coordinator, once it is one; the test's time limit bounds the search."""
    ports = [int(server.rpartition(":")[2]) for server in bootstrap.split(",")]
    while True:
        asking = await connect(bootstrap)
        found = (await asking.ask(FIND, 4, key_type=0, coordinator_keys=[group])).coordinators[0]
        asking.writer.close()
        if found.error_code == 0:
            line = await connect(bootstrap, ports.index(found.port) + 1)
            nobody = {"group_id": group, "generation_id": 1, "member_id": "nobody", "group_instance_id": None}
            if (await line.ask(BEAT, 4, **nobody)).error_code not in _NOT_YET:
                return line
            line.writer.close()
        await asyncio.sleep(0.1)


ANSWERS = [
    ("session too short", 26, -1, None, False),
    ("session too long", 26, -1, None, False),
    ("no group", 24, -1, None, False),
    ("no protocols", 23, -1, None, False),
    ("no protocol type", 23, -1, None, False),
    ("member that nobody knows", 25, -1, None, False),
    ("heartbeat of nobody", 25),
    ("sync of nobody", 25, b""),
    ("nobody leaves", 0, (25,)),
    ("describe what is not there", 69, "Dead", "", "", 0),
    ("delete what is not there", 69),
    ("commit with a generation, no group", 69),
    ("first is told its id", 79, True),
    ("describe with one that may come", 0, "Empty", "", "", 0),
    ("first joins", 0, 1, "range", True),
    ("commit before sync", 27),
    ("heartbeat before sync", 0),
    ("sync of another generation", 22, b""),
    ("sync with another protocol", 23, b""),
    ("sync with another type", 23, b""),
    ("sync", 0, b"all"),
    ("sync again", 0, b"all"),
    ("heartbeat", 0),
    ("heartbeat of another generation", 22),
    ("heartbeat under an instance", 25),
    ("describe", 0, "Stable", "consumer", "range", 1),
    ("commit", 0),
    ("commit of another generation", 22),
    ("commit from outside", 25),
    ("commit for no such topic", 3),
    ("commit for no such partition", 3),
    ("commit with a novel", 12),
    ("delete while it has members", 68),
    ("other protocols", 23, -1, None, False),
    ("another type", 23, -1, None, False),
    ("heartbeat while another joins", 27),
    ("sync while another joins", 27, b""),
    ("commit while another joins", 0),
    ("describe while another joins", 0, "PreparingRebalance", "consumer", "", 2),
    ("first joins again", 0, 2, "range", True),
    ("second has joined", 0, 2, False),
    ("sync of two", 0, b"1"),
    ("sync of the second", 0, b"2"),
    ("the second asks again", 0, 2, "range", False),
    ("nothing has changed", 0),
    ("both leave, and nobody", 0, (0, 0, 25)),
    ("describe without members", 0, "Empty", "consumer", "", 0),
    ("heartbeat of one that left", 25),
    ("commit of one that left", 25),
    ("commit from outside to the empty group", 0),
    ("delete", 0),
    ("describe what was deleted", 69, "Dead", "", "", 0),
    ("static member", 0, 1, "range", True),
    ("its sync", 0, b"all"),
    ("it comes back", 0, 1, "range", True),
    ("it leads on", 0, True, True),
    ("heartbeat of its old self", 82),
    ("heartbeat", 0),
    ("sync after coming back", 0, b"all"),
    ("an admin names another", 0, (25,)),
    ("an admin sends it away", 0, (0,)),
    ("describe without it", 0, "Empty", "consumer", "", 0),
]
"""Of Apache Kafka 4.1.0: the request, its error code, and what else `note` was given."""


class Conversation:
    """`heard`: what was asked, and the answer's error code with what else is worth comparing."""

    def __init__(self, bootstrap, group, topic):
        self._bootstrap, self.group, self._topic = bootstrap, group, topic
        self._sockets, self._line = [], None
        self.heard = []

    async def line(self, group=None):
        self._sockets.append(await coordinator(self._bootstrap, group or self.group))
        return self._sockets[-1]

    def close(self):
        for socket in self._sockets:
            socket.writer.close()

    def note(self, name, error, *more):
        self.heard.append((name, int(error), *more))

    def join_fields(self, member="", *, session=10_000, protocols=("range",), kind="consumer", **more):
        offered = [{"name": name, "metadata": SUBSCRIPTION} for name in protocols]
        return {
            "group_id": more.get("group", self.group),
            "session_timeout": timedelta(milliseconds=session),
            "rebalance_timeout": timedelta(seconds=20),
            "member_id": member,
            "group_instance_id": more.get("instance"),
            "protocol_type": kind,
            "protocols": offered,
            "reason": None,
        }

    async def join(self, name, member="", *, line=None, note=True, **more):
        answer = await (line or self._line).ask(JOIN, 9, **self.join_fields(member, **more))
        if note:
            leads = bool(answer.members)
            self.note(name, answer.error_code, answer.generation_id, answer.protocol_name, leads)
        return answer

    async def sync(self, name, member, generation, shares=(), **more):
        shares = [{"member_id": one, "assignment": share} for one, share in shares]
        answer = await self._line.ask(
            SYNC,
            5,
            group_id=self.group,
            generation_id=generation,
            member_id=member,
            group_instance_id=more.get("instance"),
            protocol_type=more.get("kind", "consumer"),
            protocol_name=more.get("protocol", "range"),
            assignments=shares,
        )
        self.note(name, answer.error_code, answer.assignment)

    async def beat(self, name, member, generation, instance=None):
        answer = await self._line.ask(
            BEAT,
            4,
            group_id=self.group,
            generation_id=generation,
            member_id=member,
            group_instance_id=instance,
        )
        self.note(name, answer.error_code)

    async def leave(self, name, *members, instance=None, group=None):
        members = [{"member_id": one, "group_instance_id": instance, "reason": None} for one in members]
        answer = await self._line.ask(LEAVE, 5, group_id=group or self.group, members=members)
        self.note(name, answer.error_code, tuple(int(one.error_code) for one in answer.members))

    async def commit(
        self, name, member="", generation=-1, *, topic=None, partition=0, metadata="", group=None
    ):
        part = {
            "partition_index": partition,
            "committed_offset": 5,
            "committed_leader_epoch": -1,
            "committed_metadata": metadata,
        }
        answer = await self._line.ask(
            COMMIT,
            9,
            group_id=group or self.group,
            generation_id_or_member_epoch=generation,
            member_id=member,
            group_instance_id=None,
            topics=[{"name": topic or self._topic, "partitions": [part]}],
        )
        self.note(name, answer.topics[0].partitions[0].error_code)

    async def describe(self, name, group=None):
        answer = await self._line.ask(
            DESCRIBE, 6, groups=[group or self.group], include_authorized_operations=False
        )
        one = answer.groups[0]
        self.note(
            name, one.error_code, one.group_state, one.protocol_type, one.protocol_data, len(one.members)
        )

    async def delete(self, name, group=None):
        answer = await self._line.ask(DELETE, 2, groups_names=[group or self.group])
        self.note(name, answer.results[0].error_code)

    async def hold(self):
        self._line = await self.line()
        try:
            await self._strangers()
            first = await self._one_member()
            await self._two_members(first)
            await self._static_members()
        finally:
            self.close()

    async def _strangers(self):
        await self.join("session too short", session=5999)
        await self.join("session too long", session=1_800_001)
        await self.join("no group", group="")
        await self.join("no protocols", protocols=())
        await self.join("no protocol type", kind="")
        await self.join("member that nobody knows", "nobody")
        await self.beat("heartbeat of nobody", "nobody", 1)
        await self.sync("sync of nobody", "nobody", 1)
        await self.leave("nobody leaves", "nobody")
        line, none = self._line, self.group + "-none"
        self._line = await self.line(none)  # it may have another coordinator
        await self.describe("describe what is not there", none)
        await self.delete("delete what is not there", none)
        await self.commit("commit with a generation, no group", "nobody", 3, group=none)
        self._line = line

    async def _one_member(self):
        told = await self.join("first is told its id", note=False)
        self.note("first is told its id", told.error_code, bool(told.member_id))
        first = told.member_id
        await self.describe("describe with one that may come")
        await self.join("first joins", first)
        await self.commit("commit before sync", first, 1)
        await self.beat("heartbeat before sync", first, 1)
        await self.sync("sync of another generation", first, 7)
        await self.sync("sync with another protocol", first, 1, protocol="sticky")
        await self.sync("sync with another type", first, 1, kind="connect")
        await self.sync("sync", first, 1, [(first, b"all")])
        await self.sync("sync again", first, 1)
        await self.beat("heartbeat", first, 1)
        await self.beat("heartbeat of another generation", first, 0)
        await self.beat("heartbeat under an instance", first, 1, "i")
        await self.describe("describe")
        await self.commit("commit", first, 1)
        await self.commit("commit of another generation", first, 2)
        await self.commit("commit from outside")
        await self.commit("commit for no such topic", first, 1, topic="no-such-topic")
        await self.commit("commit for no such partition", first, 1, partition=99)
        await self.commit("commit with a novel", first, 1, metadata="x" * 4097)
        await self.delete("delete while it has members")
        await self.join("other protocols", protocols=("sticky",))
        await self.join("another type", kind="connect")
        return first

    async def _two_members(self, first):
        second = (await self.join("second is told its id", note=False)).member_id
        other = await self.line()
        waiting = other.send(JOIN, 9, **self.join_fields(second))
        while True:  # its join may not have been read yet
            await self.beat("heartbeat while another joins", first, 1)
            if self.heard[-1][1]:
                break
            del self.heard[-1]
        await self.sync("sync while another joins", first, 1)
        await self.commit("commit while another joins", first, 1)
        await self.describe("describe while another joins")
        await self.join("first joins again", first)
        answer = await other.receive(JOIN, 9, waiting)
        self.note("second has joined", answer.error_code, answer.generation_id, bool(answer.members))
        await self.sync("sync of two", first, 2, [(first, b"1"), (second, b"2")])
        await self.sync("sync of the second", second, 2)
        await self.join("the second asks again", second)
        await self.beat("nothing has changed", second, 2)
        await self.leave("both leave, and nobody", first, second, "nobody")
        await self.describe("describe without members")
        await self.beat("heartbeat of one that left", first, 2)
        await self.commit("commit of one that left", first, 2)
        await self.commit("commit from outside to the empty group")
        await self.delete("delete")
        await self.describe("describe what was deleted")

    async def _static_members(self):
        first = await self.join("static member", instance="i")
        await self.sync("its sync", first.member_id, 1, [(first.member_id, b"all")], instance="i")
        again = await self.join("it comes back", instance="i")
        self.note("it leads on", again.error_code, again.skip_assignment, again.leader == again.member_id)
        await self.beat("heartbeat of its old self", first.member_id, 1, "i")
        await self.beat("heartbeat", again.member_id, 1, "i")
        await self.sync("sync after coming back", again.member_id, 1, instance="i")
        await self.leave("an admin names another", "", instance="j")
        await self.leave("an admin sends it away", "", instance="i")
        await self.describe("describe without it")


async def hold(bootstrap, group, topic):
    conversation = Conversation(bootstrap, group, topic)
    await conversation.hold()
    return conversation.heard
