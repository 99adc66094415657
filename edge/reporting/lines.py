"""JSON lines of `replay` into a recording; what is no such line is an error that names it."""

import json
import logging
import math
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TextIO

from edge.errors import SignalsError, reading
from edge.outputs import STANDARD
from edge.plain import Json, broken
from edge.reporting.recording import Key, Recording, Series

_log = logging.getLogger(__name__)
LARGEST = 1e12  # beyond any unit here; differences and products stay finite
_FINITE = ("t_s", "value", "p", "evidence", "n", "coverage", "lag_s", "onset_s", "offset_s", "r")


def load(path: Path) -> Recording:
    """Read JSON lines; raise `SignalsError` naming the line that is wrong. Unknown types are passed over.

    A last line that was cut off, by a kill or a full disk, is left out, which is said in the log.
    """
    recording = Recording(path.name)
    with reading(path, "file"), _opened(path) as file:
        for number, line in enumerate(file, start=1):
            where = f"{path}:{number}"
            if number > 1 and _cut_off(line):
                _log.warning("left out %s, a last line that was cut off", where)
            elif line.strip():
                take(recording, _object(line, where), where)
    if recording.end_s < recording.start_s:
        raise SignalsError(f"expected lines of a recording, got none with a time at {path}")
    people = set(recording.people)
    recording.seats = _numbered(
        one for one in sorted(recording.seats, key=recording.seats.__getitem__) if one in people
    )
    return recording


def parsed(text: str, where: str) -> object:
    """Read JSON; raise `SignalsError` where it is none."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        hint = "" if text.lstrip().startswith(("{", "[")) else ": recordings come from replay"
        raise SignalsError(f"expected a JSON object, got {broken(text, error)} at {where}{hint}") from error
    except ValueError as error:
        raise SignalsError(f"expected a JSON object, got a number too long at {where}") from error
    except RecursionError as error:
        raise SignalsError(f"expected a JSON object, got one nested too deep at {where}") from error


def take(recording: Recording, one: Json, where: str) -> None:
    """File one line or result; a known type without its keys is an error."""
    try:
        kind = one.get("type")
        if kind in {"frame", "event", "coupling", "measure"}:
            _check(one)
        t_s = one.get("t_s", one.get("offset_s"))
        if isinstance(t_s, int | float) and math.isfinite(t_s):
            recording.start_s, recording.end_s = min(recording.start_s, t_s), max(recording.end_s, t_s)
        recording.profile = str(one.get("profile", recording.profile))
        if kind == "frame":
            recording.signals.setdefault(int(one["person"]), Series()).add(float(one["t_s"]), one["signals"])
        elif kind == "event":
            recording.movements.append(one | {"person": int(one["person"]), "onset_s": float(one["onset_s"])})
        elif kind == "coupling":
            recording.couplings.setdefault((int(one["pair"][0]), int(one["pair"][1])), []).append(one)
        elif kind == "null":
            recording.draws[key_of(one)] = _draws(one)
        elif kind == "measure":
            _measure(recording, one, t_s)
        elif kind in {"room", "health"}:
            _seen(recording, one)
    except (KeyError, TypeError, ValueError, IndexError, OverflowError, AttributeError) as error:
        raise SignalsError(f"expected a whole {one.get('type')} line, got {error!r} at {where}") from error


def key_of(one: Json) -> Key:
    """Return what a result is about: measure and subject."""
    return str(one["name"]), tuple(int(person) for person in one.get("subject") or ())


def origin_words(origin: Json) -> str:
    """Word where something comes from; raises KeyError or TypeError where that is not whole."""
    inputs = [f"SHA-256 of {each['name']}: {each['sha256']}" for each in origin["inputs"]]
    models = [f"of the models: {origin['models_sha256']}"] if origin["models_sha256"] else []
    told = [f"mimicry-edge {origin['version']}", f"seed {origin['seed']}", f"command: {origin['command']}"]
    return "; ".join([*told, *inputs, *models])


def _opened(path: Path) -> AbstractContextManager[TextIO]:
    """Open a file; `-` is standard input."""
    return nullcontext(sys.stdin) if path == STANDARD else path.open(encoding="utf-8-sig")


def _cut_off(line: str) -> bool:
    """Whether a line is the beginning of an object, without its end."""
    if line.endswith("\n") or not line.startswith("{"):
        return False
    try:
        json.loads(line)
    except json.JSONDecodeError as error:
        return not error.msg.startswith("Extra data")
    except (ValueError, RecursionError):
        return False
    return False


def _object(line: str, where: str) -> Json:
    one = parsed(line, where)
    if not isinstance(one, dict):
        raise SignalsError(f"expected a JSON object, got {type(one).__name__} at {where}")
    return one


def _check(one: Json) -> None:
    """Refuse what the plots could not draw: numbers that are none, deeper levels of another shape."""
    for name in _FINITE:
        _number(name, one.get(name))
    if not isinstance(one.get("state", ""), str):
        raise TypeError(f"{one['state']!r} as state")
    for level in ("null", "extra", "signals"):
        inner = one.get(level) or {}
        if not isinstance(inner, dict):
            raise TypeError(f"{inner!r} as {level}")
        for name, value in inner.items():
            _number(name, value)


def _number(name: str, value: object) -> None:
    """Let null pass, and a number that a plot can hold."""
    if value is None or (isinstance(value, int | float) and abs(value) <= LARGEST):
        return
    raise ValueError(f"{value!r} as {name}")


def _measure(recording: Recording, one: Json, t_s: float | None) -> None:
    key = key_of(one)
    recording.names |= {int(person): str(name) for person, name in dict(one.get("names") or {}).items()}
    recording.seats |= {int(person): int(seat) for person, seat in dict(one.get("seats") or {}).items()}
    if one.get("state") == "above" and t_s is not None:
        spans = recording.above.setdefault(key, [])
        if recording.measures.get(key, {}).get("state") == "above":
            spans[-1] = (spans[-1][0], float(t_s))
        else:
            spans.append((float(t_s), float(t_s)))
    recording.measures[key] = one
    if one.get("draws"):
        recording.draws[key] = _draws(one)
    for person, missing in dict(one.get("missing") or {}).items():
        recording.seen[int(person)] = _shares(missing)
    if one["name"] == "mimicry_index" and t_s is not None:
        recording.index.append((float(t_s), one.get("value")))


def _seen(recording: Recording, one: Json) -> None:
    for person in one.get("seen") or ():
        recording.seen[int(person["id"])] = _shares(person["missing"])
    if seats := one.get("seats"):
        recording.seats = _numbered(int(person) for person in seats)
    if origin := one.get("origin"):
        recording.origin = origin_words(origin)


def _shares(missing: Json) -> Json:
    """Return shares of time by reason; raise where one is no number."""
    for reason, share in dict(missing).items():
        _number(reason, share)
    return dict(missing)


def _draws(one: Json) -> list[float]:
    """Return the draws of a null; raise where one is no number."""
    for value in one["draws"]:
        _number("draw", value)
    return [float(value) for value in one["draws"]]


def _numbered(people: Iterable[int]) -> dict[int, int]:
    """Return the seat of each person of an order from left to right."""
    return {person: seat for seat, person in enumerate(people, start=1)}
