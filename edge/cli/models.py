"""`mimicry-edge models`: fetch, list and verify the model files, build quantised variants."""

import argparse
import sys
from pathlib import Path

from edge import models
from edge.errors import ModelError
from edge.models import standard
from edge.tflite import manifest

HELP = "fetch, list and verify the model files; build quantised variants"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `models` takes."""
    parser.add_argument("action", choices=("fetch", "list", "verify", "build"))
    parser.add_argument(
        "--folder", type=Path, help="models folder (default: $MIMICRY_MODELS or the per-user one)"
    )
    parser.add_argument(
        "--variant",
        action="append",
        help="build: int8-weights, int8-mixed or int8, may be repeated (default: all)",
    )
    parser.add_argument(
        "--tune",
        action="store_true",
        help="build: measure each layer here, choose int8-mixed's integer ones, make the best variant `auto`",
    )


def run(args: argparse.Namespace) -> int:
    """Run one action; return its exit status."""
    folder = args.folder or manifest.folder()
    if args.action == "build":
        return _build(folder, args.variant, tune=args.tune)
    return {"fetch": _fetch, "list": _list, "verify": _verify}[args.action](folder)


def _build(folder: Path, wanted: list[str] | None, *, tune: bool) -> int:
    from edge.tuning import variants, yardstick

    film = yardstick.film(folder)
    for variant in wanted or variants.NOISE_MAX:
        variants.build(folder, variant, film, tune=tune, progress=_say)
    print(variants.table(folder))
    if tune:
        print(f"tflite.variant: auto now runs {variants.choose(folder)} here")
    else:
        print(f"fastest of these within the noise goal: {variants.advised(folder)}")
    return 0


def _fetch(folder: Path) -> int:
    fetched = models.fetch(folder, _say)
    runs = ", ".join(f"{variant} on {name}" for name, variant in sorted(models.prepare(folder, _say).items()))
    print(f"{len(fetched)} files fetched, {len(models.listing(folder))} in {folder}; auto: {runs}")
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
        raise ModelError(f"expected fetched models, got an empty folder at {folder}; {manifest.FIX}")
    trouble = {file.name: file.trouble for file in files} | _unlike_float(folder)
    for name, why in trouble.items():
        print(f"{'FAIL' if why else 'ok':4}  {name}{': ' + why if why else ''}")
    return int(any(trouble.values()))


def _unlike_float(folder: Path) -> dict[str, str]:
    """Return what the loader's gate finds wrong, by variant."""
    names = {str(Path(file.name).parent) for file in models.listing(folder) if file.name.endswith(".tflite")}
    trouble = {}
    for variant in sorted(names - standard.COMPILED - {"float"}):
        try:
            models.gate(folder, variant)
        except ModelError as exc:
            trouble[variant] = str(exc)
    return trouble


def _say(line: str) -> None:
    print(line, file=sys.stderr)
