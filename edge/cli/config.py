"""`config show|validate FILE`: the effective configuration, or every error in it at once."""

import argparse

from edge.config import DEFAULT_PATH, load, require_service, show

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
    if args.action == "show":
        from edge.cli._in_force import in_force

        print(show(config, in_force(config)), end="")
    else:
        require_service(config, args.file)
        print(f"ok: {args.file}")
    return 0
