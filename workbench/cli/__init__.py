"""kwb and its subcommands. What a command needs is imported inside it, so that `kwb --help` is quick."""

import argparse
import errno
import importlib
import os
import sys
from collections.abc import Sequence

from workbench import __version__
from workbench.errors import INTERNAL, KwbError

COMMANDS = {
    "run": "run scenarios without a screen and print their reports",
    "compare": "run scenarios and set them side by side, or one in the three send modes",
    "check": "say what a producer's config file will do, with line numbers",
    "partition": "where keys go, and which move when there are more partitions",
    "schema": "compare versions of a schema, see sizes, draw samples",
    "lab": "the lab cluster alone, for any Kafka client",
    "apache": "install, start and stop Apache Kafka on this machine",
}
INTERRUPTED = 130
CLOSED_PIPE = 141
"""As of any program that SIGPIPE ended."""


def main(argv: Sequence[str] | None = None) -> int:
    """The entry point; returns the exit status of the command line's contract (docs: README)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _dispatch(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _close_stdout()
        return CLOSED_PIPE
    except Exception as error:  # noqa: BLE001 - nobody is above us to whom it could go
        return _tell(error)


def _tell(error: Exception) -> int:
    """What went wrong, in one line; the exit status."""
    if isinstance(error, KwbError):
        complain(str(error))
        return error.exit_status
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        _close_stdout()
        print(f"kwb: {error.strerror}: the report could not be written", file=sys.stderr)
        return 1
    from workbench.logs import internal_error

    print(internal_error(error), file=sys.stderr)
    return INTERNAL


def complain(text: str) -> None:
    """On stderr. What a file or another program says in it moves no cursor and rings no bell."""
    from workbench.producer_config.values import letter_lines

    print(f"kwb: {letter_lines(text)}", file=sys.stderr)


def _close_stdout() -> None:
    """Whoever read it has gone, or it is full; Python would complain once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _dispatch(arguments: list[str]) -> int:
    if arguments and arguments[0] in COMMANDS:
        parser = argparse.ArgumentParser(prog="kwb")
        importlib.import_module(f"workbench.cli.{arguments[0]}").add(parser.add_subparsers())
        parsed = parser.parse_args(arguments)
        return int(parsed.func(parsed))
    return _open_screen(_screen_parser().parse_args(arguments))


def _screen_parser() -> argparse.ArgumentParser:
    commands = "\n".join(f"  kwb {name:<10} {text}" for name, text in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="kwb",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="The workbench for people who produce to Apache Kafka.\n"
        "Without a command it opens the screen, on a lab cluster inside the program.",
        epilog=f"commands (each has --help):\n{commands}",
    )
    parser.add_argument("file", metavar="FILE", nargs="?", help="a scenario to open (TOML)")
    add_cluster_options(parser)
    parser.add_argument("--theme", metavar="NAME", help="a colour theme, e.g. kwb-light")
    parser.add_argument("--version", action="version", version=f"kwb {__version__}")
    return parser


def add_cluster_options(parser: argparse.ArgumentParser) -> None:
    """-b and --cluster, the same for the screen and for `kwb run`."""
    parser.add_argument(
        "-b", "--bootstrap-servers", metavar="HOST:PORT,…", help="your own cluster, instead of the scenario's"
    )
    parser.add_argument(
        "--cluster", choices=("lab", "apache", "remote"), help="the cluster, instead of the scenario's"
    )


def _open_screen(parsed: argparse.Namespace) -> int:
    from workbench.cli.screen import open_screen

    return open_screen(parsed)
