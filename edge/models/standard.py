"""The variant that `tflite.variant: auto` runs: made from the float files at the end of every fetch.

Nothing is downloaded and nothing but numpy and the runtime's own schema is needed, so every installation
can make it. It becomes the choice of the folder when it passes the loader's gate; `models build --tune` may
choose another one for this board, and a fetch leaves that choice alone.
"""

import json
from collections.abc import Callable
from pathlib import Path

from edge.config.sections import TfliteSection
from edge.errors import ModelError
from edge.models import fixture
from edge.models.fetch import locked, record, write
from edge.tflite import choice, fidelity, manifest
from edge.tflite.known import MESH, RECIPE, SHAPES
from edge.tflite.model import Model

# The forerunner runtime has no fast kernel for integer layers with float ends: 5.1 ms a face instead of 1.2.
STANDARD = {"ai-edge-litert": "int8-mixed", "tflite-runtime": "float"}
COMPILED = {"int8"}  # for compilers of accelerators; beyond the gate, so the loader refuses it

Progress = Callable[[str], None]


def prepare(models: Path, progress: Progress = lambda _: None) -> dict[str, str]:
    """Bring variant, fixture and choice up to date; return the choice, variant by runtime.

    What cannot be made or is refused leaves float as the choice, and `progress` receives the reason.
    """
    wanted = STANDARD["ai-edge-litert"]
    try:
        with locked(models):
            if not _current(models, wanted):
                progress(f"making {wanted} from the float files")
                _make(models, wanted)
        gate(models, wanted)
    except ModelError as exc:
        progress(f"the models run as float: {exc}")
        return choose(models, dict.fromkeys(STANDARD, choice.FLOAT))
    return choose(models, STANDARD)


def gate(models: Path, variant: str) -> dict[str, str]:
    """Load every model of a variant and measure it on the fixture; return a line by file.

    Raises
    ------
    ModelError : a file is missing, not the one in the manifest, or does not agree with the float model.
    """
    section = TfliteSection(models=str(models))
    return {
        f"{variant}/{name}.tflite": str(fidelity.check(_load(section, name, variant), models, name))
        for name in SHAPES
        if name == MESH or f"{variant}/{name}.tflite" in manifest.entries(models)
    }


def choose(models: Path, variants: dict[str, str], *, tuned: bool = False) -> dict[str, str]:
    """Write the folder's choice, variant by runtime, and return it; what was tuned outlives what was not."""
    path = models / choice.CHOICE
    with locked(models):
        earlier = _tuned(models)
        measured = earlier | variants if tuned else earlier
        merged = STANDARD | variants | measured
        content = {"schema": 1, "variants": merged, "tuned": sorted(measured)}
        text = json.dumps(content, indent=2, sort_keys=True) + "\n"
        if not path.is_file() or path.read_text(encoding="utf-8", errors="replace") != text:
            write(path, text.encode())
    return merged


def _tuned(models: Path) -> dict[str, str]:
    """Return what was measured on this board before, of variants that are still there."""
    known = {name.split("/")[0] for name in manifest.entries(models)}
    try:
        names = json.loads((models / choice.CHOICE).read_text(encoding="utf-8"))["tuned"]
        chosen = choice.chosen(models)
        return {name: chosen[name] for name in names if chosen[name] in known}
    except (OSError, ValueError, KeyError, TypeError, ModelError):
        return {}


def _current(models: Path, variant: str) -> bool:
    """Whether every file of the variant and the fixture is there, as recorded and of this recipe."""
    entries = manifest.entries(models)
    mesh = f"{variant}/{MESH}.tflite"
    needed = {mesh} | {path for name in SHAPES for path in fidelity.paths(name)}
    needed |= {name for name in entries if name.startswith(f"{variant}/")}
    try:
        for name in sorted(needed):
            manifest.verify(models, name, entries.get(name, {}))
    except ModelError:
        return False
    return bool(entries[mesh].get("recipe") == RECIPE)


def _load(section: TfliteSection, name: str, variant: str) -> Model:
    return Model(manifest.locate(section, name, variant), section, SHAPES[name])


def _make(models: Path, variant: str) -> None:
    try:
        from edge.models.variants import make  # noqa: PLC0415 - the schema comes with one of the runtimes
    except ImportError as exc:
        raise ModelError(f"expected ai-edge-litert to make {variant} with, got none: {exc}") from exc
    before = manifest.entries(models).get(f"{variant}/{MESH}.tflite", {})
    made = make(models, variant, before["integer_layers"] if before.get("tuned") else None)
    for one in made:
        write(models / one.relative, one.content)
    record(models, {one.relative: one.entry for one in made} | fixture.make(models))
