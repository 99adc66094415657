"""Where results come from, as every output has it."""

import hashlib
import json
import shlex
from collections.abc import Sequence
from pathlib import Path

from edge import __version__
from edge.config import Config, engine
from edge.errors import reading
from edge.outputs import STANDARD, write_text
from edge.plain import Json
from edge.tflite.manifest import MANIFEST, folder


def origin(words: Sequence[str], inputs: Sequence[Path], config: Config, *, films: bool) -> Json:
    """Return version, command, seed, hashes of inputs and of the models, and the configuration."""
    return {
        "version": __version__,
        "command": shlex.join(words),
        "seed": config.measures.seed,
        "inputs": [{"name": path.name, "sha256": file_hash(path)} for path in inputs],
        "models_sha256": file_hash(folder(config.tflite) / MANIFEST) if films else None,
        "config": engine(config),
    }


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, empty of a pipe and of nothing."""
    if path == STANDARD or not path.is_file():
        return ""
    with reading(path, "file"), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def beside(out: Path | None) -> Path | None:
    """Return where the origin of a table goes, beside it: the table stays one that anything reads."""
    if out is None or out == STANDARD or (out.exists() and not out.is_file()):
        return None
    return out.with_name(f"{out.name}.origin.json")


def write_beside(out: Path | None, told: Json) -> None:
    """Write the origin of a table, none of one that went into a pipe."""
    if (path := beside(out)) is not None:
        write_text(path, json.dumps(told, indent=1) + "\n")
