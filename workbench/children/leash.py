"""Runs a foreign program that must not outlive kwb: `python -P -m workbench.children.leash PARENT LOG CMD…`.

Asks Linux to kill it with its parent (the request survives exec), sends its output to LOG and becomes it.
Elsewhere than on Linux it only redirects: there the next kwb ends what a killed one left behind.
"""

import os
import sys

from workbench.children.child import die_with_parent


def main() -> None:
    parent, log, *command = sys.argv[1:]
    die_with_parent(int(parent))
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
