"""Requests to a broker that faults made odd: slow, cut off, in error, or mute."""

import asyncio
from typing import TYPE_CHECKING

from workbench.lab import answers
from workbench.lab.connection import Close
from workbench.lab.routes import FORWARDED, ROUTES
from workbench.lab.wire import PRODUCE

if TYPE_CHECKING:
    from kio.schema.errors import ErrorCode

    from workbench.lab.broker import Broker
    from workbench.lab.wire import Request


async def disturbed(broker: "Broker", request: "Request") -> object | None:
    """As the handler would, but for what was done to the broker. Raises Close for an answer to be dropped."""
    condition = broker.condition
    if condition.delay_s:
        await asyncio.sleep(condition.delay_s)
        if condition.frozen:
            await condition.thawed()
    if request.api_key in FORWARDED and not condition.hears:
        await condition.until(lambda: condition.hears)
    if request.api_key == PRODUCE:
        if condition.errors:
            condition.errors -= 1
            return _refused(request, condition.error)
        if condition.drops:
            condition.drops -= 1
            await ROUTES[PRODUCE](broker, request)
            raise Close("a fault drops the answer")
    return await ROUTES[request.api_key](broker, request)


def _refused(request: "Request", error: "ErrorCode") -> answers.Produced | None:
    """Every partition of a Produce with the same error, and nothing appended."""
    if request.body.acks == 0:
        raise Close("a Produce request with acks=0 failed")
    return answers.Produced(
        responses=tuple(
            answers.ProducedTopic(
                name=getattr(data, "name", ""),
                topic_id=getattr(data, "topic_id", None),
                partition_responses=tuple(
                    answers.ProducedPartition(index=part.index, error_code=error)
                    for part in data.partition_data
                ),
            )
            for data in request.body.topic_data
        )
    )
