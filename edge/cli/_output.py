"""Results into a file that appears as a whole, by rename."""

from pathlib import Path

from edge.errors import SignalsError


def write_whole(path: Path, text: str) -> None:
    """Write a text file; after an error the name is as it was. Raises `SignalsError`."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise SignalsError(f"expected a writable file, got {error.strerror} at {path}") from error
    finally:
        part.unlink(missing_ok=True)
