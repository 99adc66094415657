"""`mimicry-edge batch`: many recordings, several at a time, only what is missing."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from edge import __version__, cli
from edge.batch import Cluster, found, spread
from edge.cli import _results, _steps, _tables
from edge.cli._numbers import whole
from edge.cli._progress import Progress
from edge.errors import SignalsError, writing
from edge.files import write_whole

HELP = "signals, measures and report of many recordings, several at a time; does only what is missing"
STATE = "batch.json"
MOST_WORKERS = 1024
LEAST_MB = 100
FILM = {
    "config": ("signals", "replay"),
    "rate_hz": ("signals",),
    **dict.fromkeys(("measures", "channel", "horizon_s", "surrogates", "seed"), ("measure",)),
}
TABLE = FILM | {
    "config": ("replay",),
    **dict.fromkeys(("rate_hz", "format", "time", "time_unit", "person"), ("measure", "replay")),
}
"""Options that `batch` passes on, and the commands that get them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `batch` takes."""
    parser.add_argument("places", type=Path, nargs="+", metavar="FOLDER", help="of films and tables")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the results go")
    parser.add_argument(
        "--commands", default="", metavar="NAME,...", help=f"only these ({', '.join(_steps.COMMANDS)})"
    )
    parser.add_argument("--together", action="store_true", help="the tables of a folder are one meeting")
    parser.add_argument(
        "--results", choices=("csv", "json", "parquet", "tsv"), default="csv", help="format (csv)"
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--workers", type=whole(1, MOST_WORKERS), metavar="N", help="processes (one a core)")
    where.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster that sees the same folders")
    parser.add_argument(
        "--memory-mb",
        type=whole(LEAST_MB, 2**31),
        metavar="M",
        help="of each process (its share of all)",
    )
    for name, commands in TABLE.items():
        parser.add_argument(_option(name), metavar="X", help=f"as for {' and '.join(commands)}")


def run(args: argparse.Namespace) -> int:
    """Find the recordings, do what is missing, list what failed."""
    _results.check_ending(Path(f"x.{args.results}"))
    recordings = found(args.places, args.out, tables=_tables.SUFFIXES, together=args.together)
    commands = _commands(args.commands)
    options = {film: _options(args, film=film) for film in (True, False)}
    jobs = [_steps.job(one, commands, options[one.film], args.results) for one in recordings]
    _check(jobs)
    _settle(args)
    todo = sorted((job for job in jobs if not job.done), key=lambda job: -job.recording.size)
    failed = _spread(todo, args) if todo else {}
    done, there = len(todo) - len(failed), len(jobs) - len(todo)
    print(f"{done} done, {there} already there, {len(failed)} failed: {args.out}", file=sys.stderr)
    for name, problem in sorted(failed.items()):
        print(f"error: {problem} ({name})", file=sys.stderr)
    return cli.EXIT_ERROR if failed else 0


def _spread(todo: Sequence[_steps.Job], args: argparse.Namespace) -> dict[str, str]:
    """Do the work; return what went wrong by recording."""
    workers = args.workers or len(os.sched_getaffinity(0))
    cluster = Cluster(workers=min(workers, len(todo)), memory_mb=args.memory_mb, scheduler=args.scheduler)
    progress = Progress("recordings", len(todo))
    failed = {}
    try:
        for job, problem in spread(_steps.work, todo, cluster):
            progress.step()
            if problem:
                failed[str(job.recording.inputs[0])] = problem
    finally:
        progress.close()
        _steps.tidy(todo)
    return failed


def _commands(text: str) -> list[str]:
    """Split and check the names of commands."""
    names = _tables.words(text) or list(_steps.COMMANDS)
    for name in names:
        if name not in _steps.COMMANDS:
            raise SignalsError(f"expected {', '.join(_steps.COMMANDS)}, got {name!r} at --commands")
    return names


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _options(args: argparse.Namespace, *, film: bool) -> dict[str, list[str]]:
    """Return the options that each command gets."""
    passed = FILM if film else TABLE
    options: dict[str, list[str]] = {command: [] for command in _steps.COMMANDS}
    for name, value in _given(args).items():
        for command in passed.get(name, ()):
            options[command] += [_option(name), value]
    return options


def _given(args: argparse.Namespace) -> dict[str, str]:
    """Return the options to pass on; files by their whole path, for workers elsewhere."""
    given = {name: value for name in TABLE if (value := getattr(args, name)) is not None}
    return given | ({"config": str(Path(args.config).absolute())} if "config" in given else {})


def _check(jobs: Sequence[_steps.Job]) -> None:
    """Refuse wrong options before the work: those of the first film and of the first table."""
    for film in (True, False):
        for job in [job for job in jobs if job.recording.film is film][:1]:
            for step in job.steps:
                cli.parser(step.words).parse_args(step.words)


def _settle(args: argparse.Namespace) -> None:
    """Make the folder, and note what the results in it depend on; refuse what those there do not."""
    state = args.out / STATE
    asked = {"version": __version__, "together": args.together} | _given(args)
    with writing(args.out, SignalsError, "folder"):
        args.out.mkdir(parents=True, exist_ok=True)
        if not state.exists():
            write_whole(state, json.dumps(asked, indent=1) + "\n")
        before = state.read_text(encoding="utf-8", errors="replace")
    if before != json.dumps(asked, indent=1) + "\n":
        raise SignalsError(
            f"expected the options of the results in {args.out}, which are in {state}, "
            f"got {json.dumps(asked)}: take another --out"
        )
