"""The folder of the model files: where it is, what its manifest holds, which file is which.

In: a models folder (`TfliteSection.models`, `$MIMICRY_MODELS`, the service's state, the user's cache).
Out: paths whose SHA-256 was compared with the manifest; anything else is refused with `ModelError`.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from edge.config.sections import TfliteSection
from edge.errors import ModelError
from edge.paths import models_folder
from edge.plain import Json

MANIFEST = "manifest.json"
FIX = "run `mimicry-edge models fetch`"
BUILD = "run `mimicry-edge models build`"

# The float files of the last MediaPipe releases that carry them; a manifest cannot talk these hashes away.
PINNED = {
    "float/face_landmark.tflite": "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
    "float/face_detection_full_range_sparse.tflite": (
        "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1"
    ),
    "float/face_detection_short_range.tflite": (
        "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8"
    ),
}

Entry = Json
T = TypeVar("T")


def folder(section: TfliteSection | None = None) -> Path:
    """Return the models folder of a section, or without one; see `edge.paths`."""
    return models_folder(section.models if section else "")


def entries(models: Path) -> dict[str, Entry]:
    """Return the manifest's entries by relative path; empty where there is no manifest yet."""
    return table(models / MANIFEST, "files", dict)


def table(path: Path, key: str, kind: Callable[[Any], T]) -> dict[str, T]:
    """Return one table of a JSON file of the models folder; empty where there is no such file.

    Raises
    ------
    ModelError : a file that cannot be read, or that holds something else.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))[key]
        return {str(name): kind(entry) for name, entry in found.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise ModelError(f"expected JSON with {key}, got {exc.__class__.__name__} at {path}; {FIX}") from exc


def locate(section: TfliteSection, name: str, variant: str = "float") -> Path:
    """Return the path of one model variant, for example `face_landmark` and `float`."""
    path = folder(section) / variant / f"{name}.tflite"
    expected_sha256(path)
    return path


def expected_sha256(path: Path) -> str:
    """Return the hash a model `<folder>/<variant>/<name>.tflite` must have: its pin or its manifest entry."""
    models, relative = path.parent.parent, f"{path.parent.name}/{path.name}"
    entry = entries(models).get(relative)
    if entry is None:
        raise ModelError(
            f"expected model {relative}, got no such entry in the manifest at {models}; {_fix(relative)}"
        )
    return PINNED.get(relative, str(entry.get("sha256", "")))


def read(path: Path) -> tuple[bytes, str]:
    """Return a model's bytes and their SHA-256; refuse other bytes than the manifest's."""
    expected = expected_sha256(path)
    try:
        content = path.read_bytes()
    except OSError as exc:
        raise ModelError(
            f"expected a readable model file, got {exc.strerror} at {path}; {_fix(path)}"
        ) from exc
    got = hashlib.sha256(content).hexdigest()
    if got != expected:
        raise ModelError(
            f"expected sha256 {expected}, got {got} ({len(content)} bytes) at {path}; {_fix(path)}"
        )
    return content, got


def verify(models: Path, relative: str, entry: Entry) -> str:
    """Compare one file's SHA-256 with its manifest entry and, for pinned files, with the pin; return it."""
    expected = PINNED.get(relative, str(entry.get("sha256", "")))
    got = sha256(models / relative)
    if got != expected:
        raise ModelError(f"expected sha256 {expected}, got {got} at {models / relative}; {_fix(relative)}")
    return got


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hex."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as exc:
        raise ModelError(
            f"expected a readable model file, got {exc.strerror} at {path}; {_fix(path)}"
        ) from exc


def _fix(path: str | Path) -> str:
    """Return the command that makes a file again: published ones are fetched, the others built."""
    return FIX if Path(path).parent.name in {"float", "portraits", "fixture"} else BUILD
