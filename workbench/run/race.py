"""The same records in each send mode, one run after another, as fast as each goes."""

import msgspec

from workbench.model.scenario import SEND_MODES, Scenario

MOST = 2000
"""A synchronous send waits for each ack: more of them is only more waiting."""


def race_of(scenario: Scenario, most: int = MOST) -> tuple[Scenario, ...]:
    """One scenario a mode: the first `most` records of the scenario, without its rate and expectations.

    Without load mode too, which has no synchronous send, and so without its ring.
    """
    send = scenario.send
    count = min(send.count, most)
    return tuple(
        msgspec.structs.replace(
            scenario,
            title=f"{scenario.title}: {mode}",
            expect=(),
            send=msgspec.structs.replace(
                send,
                mode=mode,
                count=count,
                rate=None,
                batch=None,
                ring=None,
                warm_up=min(send.warm_up, count),
            ),
        )
        for mode in SEND_MODES
    )
