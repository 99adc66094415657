"""`mimicry-edge models`: fetch, list and verify the model files, build quantised variants."""

import argparse
import sys
from pathlib import Path

from edge import models
from edge.errors import ModelError
from edge.tflite import store

HELP = "fetch, list and verify the model files, build quantised variants"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `models` takes."""
    parser.add_argument("action", choices=("fetch", "list", "verify", "build"))
    parser.add_argument(
        "--folder", type=Path, help="models folder (default: $MIMICRY_MODELS or the per-user one)"
    )
    parser.add_argument(
        "--variant",
        action="append",
        help="build: int8-weights or int8-mixed, may be repeated (default: both)",
    )
    parser.add_argument(
        "--tune",
        action="store_true",
        help="build: choose int8-mixed's integer layers by a sweep on this machine",
    )


def run(args: argparse.Namespace) -> int:
    """Run one action; return its exit status."""
    folder = args.folder or store.folder()
    if args.action == "build":
        return _build(folder, args.variant, tune=args.tune)
    return {"fetch": _fetch, "list": _list, "verify": _verify}[args.action](folder)


def _build(folder: Path, wanted: list[str] | None, *, tune: bool) -> int:
    from edge.bench import variants  # noqa: PLC0415 - pulls in the stage and the signals

    for variant in wanted or variants.NOISE_MAX:
        variants.build(folder, variant, tune=tune, progress=lambda line: print(line, file=sys.stderr))
    print(variants.table(folder))
    print(f"advised here: tflite.variant: {variants.advised(folder)}")
    return 0


def _fetch(folder: Path) -> int:
    fetched = models.fetch(folder, lambda line: print(line, file=sys.stderr))
    print(f"{len(fetched)} files fetched, {len(models.listing(folder))} in {folder}")
    return 0


def _list(folder: Path) -> int:
    for file in models.listing(folder):
        state = "FAIL" if file.trouble else "ok"
        print(f"{state:4}  {file.sha256[:12]}  {file.size:>9}  {file.name}  ({file.licence}; {file.source})")
    print(f"folder: {folder}", file=sys.stderr)
    return 0


def _verify(folder: Path) -> int:
    files = models.listing(folder)
    if not files:
        raise ModelError(f"expected fetched models, got an empty folder at {folder}; {store.FIX}")
    for file in files:
        print(
            f"{'FAIL' if file.trouble else 'ok':4}  {file.name}{': ' + file.trouble if file.trouble else ''}"
        )
    return int(any(file.trouble for file in files))
