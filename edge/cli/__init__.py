"""The command line: one module a command, each with `HELP`, `add_arguments(parser)` and `run(args) -> int`.

Errors are one line on stderr and exit 1, wrong usage exits 2, configuration errors exit 78 (EX_CONFIG).
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from edge import __version__
from edge.errors import ConfigError, EdgeError

COMMANDS = (
    "run",
    "demo",
    "replay",
    "signals",
    "correlate",
    "measure",
    "stage",
    "report",
    "watch",
    "check",
    "config",
    "models",
    "bench",
    "healthcheck",
    "measures",
)
EXIT_ERROR = 1
EXIT_CONFIG = 78  # sysexits EX_CONFIG


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    args = _parser(sys.argv[1:] if argv is None else argv).parse_args(argv)
    try:
        return int(args.run(args))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_ERROR
    except KeyboardInterrupt:
        return 130
    except ConfigError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_CONFIG
    except EdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_ERROR


def _parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """Build the parser; only the command asked for is imported in full."""
    parser = argparse.ArgumentParser(prog="mimicry-edge", description="Live expression-timing meter.")
    parser.add_argument("--version", action="version", version=f"mimicry-edge {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    asked = [word for word in argv if not word.startswith("-")][:1]
    for name in COMMANDS if asked not in [[command] for command in COMMANDS] else asked:
        module = importlib.import_module(f"edge.cli.{name}")
        command = commands.add_parser(name, help=module.HELP, description=module.HELP)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser
