"""What can go wrong in a way that a user can act on. The exit status is the command line's contract."""

INTERNAL = 70
"""Exit status after a mistake of kwb's own; EX_SOFTWARE of sysexits.h."""


class KwbError(Exception):
    """One line for stderr or a toast: what is wrong and the mend."""

    exit_status = 1


class InputError(KwbError):
    """The input is wrong: a scenario, a property, an argument."""

    exit_status = 2


class ClusterError(KwbError):
    """The cluster could not be reached, started, or it died; or its schema registry is away."""

    exit_status = 3


class EngineError(KwbError):
    """The engine process could not be started, or it died."""

    exit_status = 3
