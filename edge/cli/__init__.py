"""The command line: one module a command, each with `HELP`, `add_arguments(parser)` and `run(args) -> int`.

Errors are one line on stderr and exit 1, wrong usage exits 2, configuration errors exit 78 (EX_CONFIG).
SIGINT ends a command with exit 130, unless it was started with SIGINT ignored as background jobs are.
"""

import argparse
import errno
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from edge import __version__
from edge.errors import ConfigError, EdgeError

COMMANDS = (
    "run",
    "demo",
    "replay",
    "signals",
    "correlate",
    "measure",
    "batch",
    "study",
    "stage",
    "report",
    "events",
    "watch",
    "page",
    "check",
    "aim",
    "config",
    "models",
    "bench",
    "healthcheck",
    "collect",
    "floors",
    "enrol",
    "decommission",
    "measures",
)
EXIT_ERROR = 1
EXIT_CONFIG = 78  # sysexits EX_CONFIG
EXIT_INTERRUPTED = 128 + signal.SIGINT
UNREACHABLE = {errno.EACCES, errno.ENAMETOOLONG}  # of a path that cannot even be looked at
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}  # of a stream whose medium is full


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    if argv is None:  # a process of our own: what a command has half written goes with it
        signal.signal(signal.SIGTERM, _terminate)
    try:  # importing a command takes half a second, in which a signal may come too
        words = sys.argv[1:] if argv is None else argv
        return _finished(parser(words).parse_args(words))
    except BrokenPipeError:
        _drop_output()
        return EXIT_ERROR
    except KeyboardInterrupt as interrupt:
        if isinstance(interrupt, _TerminatedError):  # die of the signal, as whoever sent it expects
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.raise_signal(signal.SIGTERM)
        return EXIT_INTERRUPTED
    except ConfigError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_CONFIG
    except EdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_ERROR
    except OSError as error:
        if error.errno not in FULL | UNREACHABLE:
            raise
        _report(error)
        return EXIT_ERROR


class _TerminatedError(KeyboardInterrupt):
    """SIGTERM came."""


def _finished(args: argparse.Namespace) -> int:
    """Run the command and let everything out while errors of the output can still be reported."""
    status = int(args.run(args))
    sys.stdout.flush()
    return status


def _report(error: OSError) -> None:
    """Say what the system refuses, and where."""
    expected = "a usable path"
    if error.errno in FULL:
        expected = "room to write"
        _drop_output()
    where = error.filename or "standard output"
    print(f"error: expected {expected}, got {error.strerror} at {where}", file=sys.stderr)


def _drop_output() -> None:
    """Send what is still buffered nowhere, so that the interpreter does not try again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _terminate(_number: int, _stack: FrameType | None) -> None:
    """Leave by way of every context manager."""
    raise _TerminatedError


def parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """Build the parser; only the command asked for is imported in full."""
    built = argparse.ArgumentParser(prog="mimicry-edge", description="Live expression-timing meter.")
    built.add_argument("--version", action="version", version=f"mimicry-edge {__version__}")
    commands = built.add_subparsers(dest="command", metavar="COMMAND", required=True)
    asked = [word for word in argv if not word.startswith("-")][:1]
    for name in COMMANDS if asked not in [[command] for command in COMMANDS] else asked:
        module = importlib.import_module(f"edge.cli.{name}")
        command = commands.add_parser(name, help=module.HELP, description=module.HELP)
        module.add_arguments(command)
        command.set_defaults(run=module.run, words=tuple(argv))
    return built
