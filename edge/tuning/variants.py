"""Build a variant of the models, measure it beside float, and install it when it keeps its promise.

In: the models folder and a variant's name. Out: files, manifest entries with the measured figures, and the
fixture that the loader checks variants with.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from edge import models as files
from edge.config.sections import TfliteSection
from edge.errors import ModelError
from edge.models import fixture, standard
from edge.models.variants import Built, make
from edge.plain import Json
from edge.tflite import manifest
from edge.tflite.known import MESH
from edge.tflite.runtime import installed
from edge.tuning import sensitivity, yardstick

REFERENCE = f"float/{MESH}.tflite"
NOISE_MAX = {"int8-weights": 1.05, "int8-mixed": 1.5, "int8": 2.0}
SLOPE_MAX, NME_MAX_PCT = 0.05, 0.3

Figures = Json
Progress = Callable[[str], None]


def build(
    models: Path,
    variant: str,
    film: yardstick.Film | None = None,
    *,
    tune: bool = False,
    progress: Progress = lambda _: None,
) -> Figures:
    """Make, measure and install a variant; return the mesh's figures on the film, rendered if none is given.

    With `tune` the integer layers of `int8-mixed` come from a sweep on this machine, not from the package.

    Raises
    ------
    ModelError : an unknown variant, missing float files, or a result outside the variant's bars.
    """
    film = film or yardstick.film(models)
    layers = _tuned(models, film[0], progress) if tune and variant == "int8-mixed" else None
    built = make(models, variant, layers, yardstick.faces(film))
    progress(f"measuring {variant} beside float")
    figures = measure(models, built, film)
    judge(variant, figures)
    with files.locked(models):
        for one in built:
            files.write(models / one.relative, one.content)
        entries = {one.relative: one.entry for one in built}
        entries[f"{variant}/{MESH}.tflite"]["fidelity"] = figures
        files.record(models, entries | fixture.make(models))
    return figures


def _tuned(models: Path, crops: yardstick.Crops, progress: Progress) -> list[str]:
    progress("measuring each layer in integers")
    layers = sensitivity.sweep(models, crops)
    chosen = sensitivity.choose(layers)
    progress(sensitivity.table(layers, chosen))
    return chosen


def measure(models: Path, built: list[Built], film: yardstick.Film) -> Figures:
    """Compare the mesh among the files with the float mesh, outside the models folder."""
    one = next(one for one in built if one.relative.endswith(f"/{MESH}.tflite"))
    with tempfile.TemporaryDirectory(prefix="mimicry-edge-") as scratch:
        place = Path(scratch)
        files.write(place / REFERENCE, manifest.read(models / REFERENCE)[0])
        files.write(place / one.relative, one.content)
        files.record(place, {REFERENCE: manifest.entries(models)[REFERENCE], one.relative: one.entry})
        paths = {"float": place / REFERENCE, "variant": place / one.relative}
        return dict(yardstick.compare(paths, film)["variant"])


def judge(variant: str, figures: Figures) -> None:
    """Raise ModelError where the figures of a variant are outside its bars."""
    noise = max(figures["noise_over_float"].values())
    slope = max(abs(value - 1) for value in figures["slope_over_float"].values())
    bars = (NOISE_MAX[variant], SLOPE_MAX, NME_MAX_PCT)
    if not (noise <= bars[0] and slope <= bars[1] and figures["nme_pct"] <= bars[2]):
        raise ModelError(
            f"expected noise <= {bars[0]} x float, slope within {bars[1]}, landmarks within "
            f"{NME_MAX_PCT} %, got {noise:.3g}, {slope:.3g}, {figures['nme_pct']:.2g} at {variant}"
        )


def choose(models: Path) -> str:
    """Make the advised variant the folder's choice for the runtime that measured it; return its name."""
    standard.choose(models, {installed(TfliteSection()): advised(models)}, tuned=True)
    return advised(models)


def advised(models: Path) -> str:
    """Return the fastest variant on record that the goal for noise allows; `float` where none is faster."""
    best, least = "float", 1.0
    for name, entry in manifest.entries(models).items():
        figures = entry.get("fidelity")
        if figures and max(figures["noise_over_float"].values()) <= sensitivity.NOISE_GOAL:
            ratio = float(figures["ms_over_float"])
            best, least = (name.split("/")[0], ratio) if ratio < least else (best, least)
    return best


def table(models: Path) -> str:
    """Return the figures in the manifest as a table, one row a variant."""
    head = "| variant | bytes | ms/float | AU12 | AU01+02 | AU25 | AU45 | slope off by at most | landmarks |"
    rows = [head, "|---" * 9 + "|"]
    for name, entry in manifest.entries(models).items():
        figures = entry.get("fidelity")
        if figures:
            noise = " | ".join(f"{figures['noise_over_float'][key]:.2f}" for key in yardstick.SIGNALS)
            slope = max(abs(value - 1) for value in figures["slope_over_float"].values())
            rows.append(
                f"| `{name.split('/')[0]}` | {entry['bytes']} | {figures['ms_over_float']:.2f} | {noise} "
                f"| {100 * slope:.1f} % | {figures['nme_pct']:.2f} % |"
            )
    return "\n".join(rows)
