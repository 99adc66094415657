"""Which files the models folder holds, and whether each is the one in its manifest."""

from dataclasses import dataclass
from pathlib import Path

from edge.errors import ModelError
from edge.tflite import manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """One file of the manifest."""

    name: str
    """Path relative to the models folder, for example `float/face_landmark.tflite`."""
    sha256: str
    """Expected hash."""
    size: int
    """Expected size, bytes."""
    source: str
    """Where it came from or what it was built from."""
    licence: str
    """Its licence."""
    trouble: str
    """Empty when the file is as expected."""


def listing(models: Path) -> list[ModelFile]:
    """Compare every file of the manifest with its hash; an empty folder gives an empty list."""
    return [_check(models, name, entry) for name, entry in sorted(manifest.entries(models).items())]


def portrait(models: Path, name: str) -> Path:
    """Return one of the two public-domain portraits, `astronaut.png` or `grace_hopper.jpg`, hash checked."""
    relative = f"portraits/{name}"
    entry = manifest.entries(models).get(relative)
    if entry is None:
        raise ModelError(
            f"expected {relative}, got no such entry in the manifest at {models}; {manifest.FIX}"
        )
    manifest.verify(models, relative, entry)
    return models / relative


def _check(models: Path, name: str, entry: manifest.Entry) -> ModelFile:
    try:
        manifest.verify(models, name, entry)
        trouble = ""
    except ModelError as exc:
        trouble = str(exc)
    return ModelFile(
        name=name,
        sha256=str(entry.get("sha256", "")),
        size=int(entry.get("bytes", 0)),
        source=str(entry.get("source", "")),
        licence=str(entry.get("licence", "")),
        trouble=trouble,
    )
