"""Folders of the installed service and of a user."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

STATE = "/var/lib/mimicry-edge"
"""State of the installed service."""
_ESSENTIAL = (
    "manifest.json",
    "float/face_landmark.tflite",
    "float/face_detection_full_range_sparse.tflite",
    "float/face_detection_short_range.tflite",
    "portraits",
)


def models_folder(
    configured: str = "", environ: Mapping[str, str] = os.environ, state: Path = Path(STATE)
) -> Path:
    """Return the models folder: the configured one, `$MIMICRY_MODELS`, the service's or the user's.

    Of the last two the first that is complete; without any the service's where it may be written to.
    """
    named = configured or environ.get("MIMICRY_MODELS", "")
    if named:
        return _home(named)
    cache = _home(environ.get("XDG_CACHE_HOME", "") or "~/.cache")
    service, own = state / "models", cache / "mimicry-edge" / "models"
    complete = [folder for folder in (service, own) if _complete(folder)]
    return complete[0] if complete else service if os.access(state, os.W_OK) else own


def _home(text: str) -> Path:
    """Return the path with ~ replaced; as it is where there is no such user or no home folder."""
    with suppress(RuntimeError):
        return Path(text).expanduser()
    return Path(text)


def _complete(folder: Path) -> bool:
    """Whether everything that a first fetch brings can be read."""
    return all(os.access(folder / name, os.R_OK) for name in _ESSENTIAL)
