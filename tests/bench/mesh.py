"""Every variant of the face mesh, and plain quantisation, on the film of the yardstick and on recordings."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from edge.tflite import manifest
from edge.tuning.yardstick import SIGNALS, faces, film, measure, models_of
from tests.bench import plain
from tests.bench import recordings as real

Progress = Callable[[str], None]


def run(recordings: Path | None = None, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Measure every variant in the models folder, and plain quantisation, on the film and on recordings.

    Returns `film`, one entry a variant, and `recordings`, the same for each file of the folder that shows a
    usable face.
    """
    paths = real.find(recordings) if recordings else []
    folder, on = manifest.folder(), film()
    models = models_of(
        {
            name.split("/")[0]: folder / name
            for name in sorted(
                manifest.entries(folder), key=lambda name: (not name.startswith("float/"), name)
            )
            if name.endswith("/face_landmark.tflite")
        }
    )
    models["plain int8"] = plain.plain(folder, faces(on))
    clips: dict[str, Any] = {}
    for path in paths:
        progress(f"reading {path}")
        found = real.compare(path, models)
        if found:
            clips[str(path) if path.name in clips else path.name] = found
        else:
            progress(f"nobody was seen in {real.USABLE_N} of the frames read of {path}")
    return {"film": measure(models, on), "recordings": clips}


def table(figures: dict[str, Any]) -> str:
    """Return the figures as a table, one row a variant and film, plain quantisation last."""
    noise = " | ".join(f"noise {key}" for key in SIGNALS)
    slope = " | ".join(f"slope {key}" for key in SIGNALS)
    rows = [f"| film | faces | variant | ms | ms/float | {noise} | {slope} | landmarks |", "|---" * 14 + "|"]
    for name, found in figures["film"].items():
        rows.append(
            f"| stage | 2 | `{name}` | {found['ms']:.2f} | {found['ms_over_float']:.2f} | {_row(found)}"
        )
    for clip, variants in figures["recordings"].items():
        for name, found in list(variants.items())[1:]:
            rows.append(f"| {clip} | {found['faces']} | `{name}` | | | {_row(found)}")
    rows += ["", *real.RULES] if figures["recordings"] else []
    return "\n".join(rows)


def _row(found: dict[str, Any]) -> str:
    cells = [
        _cell(found[f"{what}_over_float"][key], found.get(f"{what}_se", {}).get(key), digits)
        for what, digits in (("noise", 2), ("slope", 3))
        for key in SIGNALS
    ]
    return f"{' | '.join(cells)} | {found['nme_pct']:.2f} % |"


def _cell(value: float | None, error: float | None, digits: int) -> str:
    if value is None:
        return "-"
    return f"{value:.{digits}f}" + ("" if error is None else f" ±{error:.{digits}f}")
