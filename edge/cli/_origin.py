"""Where results come from, as every output has it."""

import hashlib
from pathlib import Path

from edge.errors import reading
from edge.outputs import STANDARD


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, empty of a pipe."""
    if path == STANDARD or not path.is_file():
        return ""
    with reading(path, "file"), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
