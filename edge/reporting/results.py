"""Results of `measure` as recordings of the page: one for each window, named by its span."""

from pathlib import Path

from edge.errors import SignalsError, reading
from edge.outputs import STANDARD
from edge.plain import Json
from edge.reporting.lines import key_of, load, origin_words, parsed, take
from edge.reporting.recording import Recording

ORIGIN = ".origin.json"  # beside the results
BEGINNING = 64  # characters that show what a file is


def loaded(path: Path) -> list[Recording]:
    """Read lines of `replay` as one recording, the JSON of `measure` as one for each window.

    Raises
    ------
    SignalsError
        If the file is neither, naming the line or the result that is wrong.
    """
    if path == STANDARD:
        return [load(path)]
    with reading(path, "file"), path.open(encoding="utf-8-sig") as file:
        if not file.read(BEGINNING).lstrip().startswith("["):
            return [load(path)]
        file.seek(0)
        listed = parsed(file.read(), f"{path}:1")  # where the list begins
    found = _windows(path, listed if isinstance(listed, list) else [])
    if not found:
        raise SignalsError(f"expected results of measure, got an empty list at {path}")
    seats = {person: seat for one in found for person, seat in one.seats.items()}
    for one in found:
        one.seats = seats
        one.origin = _origin(path)
        if len(found) > 1:
            one.name = f"{path.name}, {one.start_s:.6g} to {one.end_s:.6g} s"
    return found


def _windows(path: Path, listed: list[object]) -> list[Recording]:
    """File the results; the first that is about the same as one before begins the next window."""
    found: list[Recording] = []
    for number, one in enumerate(listed, start=1):
        where = f"{path}, result {number}"
        if not isinstance(one, dict) or one.get("type") != "measure":
            raise SignalsError(f"expected results of measure, got {one!r:.60} at {where}")
        span = _span(one, where)
        if not found or key_of(one) in found[-1].measures:
            found.append(Recording(path.name))
        for t_s in span:
            take(found[-1], {"t_s": t_s}, where)
        take(found[-1], {name: each for name, each in one.items() if name != "t_s"}, where)
    return [one for one in found if one.start_s <= one.end_s]


def _span(one: Json, where: str) -> tuple[float, float]:
    """Return the time that a result rests on, s."""
    try:
        key_of(one)
        low, high = one.get("over_s") or (one["t_s"], one["t_s"])
        return float(low), float(high)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise SignalsError(f"expected a whole result, got {error!r} at {where}") from error


def _origin(path: Path) -> str:
    """Word where the results come from, if that lies beside them."""
    beside = path.with_name(path.name + ORIGIN)
    if not beside.is_file():
        return ""
    with reading(beside, "file"):
        origin = parsed(beside.read_text(encoding="utf-8"), str(beside))
    try:
        return origin_words(dict(origin)) if isinstance(origin, dict) else ""
    except (KeyError, TypeError):
        return ""
