"""`config show|validate FILE`: the effective configuration, or every error in it at once."""

import argparse

from edge.config import DEFAULT_PATH, load, show

HELP = "show the configuration in force, or list every error in a file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the action and the file."""
    parser.add_argument("action", choices=("show", "validate"))
    parser.add_argument(
        "file", nargs="?", default=str(DEFAULT_PATH), metavar="FILE", help="default: %(default)s"
    )


def run(args: argparse.Namespace) -> int:
    """Print the effective configuration, or `ok`; a bad file raises ConfigError (exit 78)."""
    config = load(args.file)
    print(
        show(config) if args.action == "show" else f"ok: {args.file}",
        end="" if args.action == "show" else "\n",
    )
    return 0
