"""The recording as the page needs it: signals, movements, couplings, and the last state of every measure."""

import json
import math
import sys
from collections import defaultdict
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from edge.errors import SignalsError, reading
from edge.outputs import STANDARD
from edge.plain import Json

Signals = dict[int, dict[str, list[tuple[float, float | None]]]]
Couplings = dict[tuple[int, int], list[Json]]


@dataclass(slots=True)
class Recording:
    """Contents of a file of JSON lines."""

    name: str
    """Name of the file."""
    start_s: float = float("inf")
    """Earliest time in it, s."""
    end_s: float = float("-inf")
    """Latest time in it, s."""
    profile: str = ""
    """Privacy profile it was made under."""
    signals: Signals = field(default_factory=dict)
    """Signals of each person by channel, (time, value); empty without frame lines."""
    movements: list[Json] = field(default_factory=list)
    """Closed movements."""
    couplings: Couplings = field(default_factory=dict)
    """Windowed peaks of each pair, in time."""
    measures: dict[tuple[str, tuple[int, ...]], Json] = field(default_factory=dict)
    """The last line of every measure and subject."""
    above: dict[tuple[str, tuple[int, ...]], list[tuple[float, float]]] = field(default_factory=dict)
    """Spans over which a measure and subject stood above chance, s."""
    seen: dict[int, Json] = field(default_factory=dict)
    """How much of each person's time was not measurable by reason, at the end; empty at the workplace."""
    names: dict[int, str] = field(default_factory=dict)
    """Names of people by number, where results have names."""
    origin: str = ""
    """Where it comes from, in words: version, command, seed, hashes."""
    index: list[tuple[float, float | None]] = field(default_factory=list)
    """The room's index over time."""

    @property
    def people(self) -> list[int]:
        """Numbers of all people in the recording, ascending."""
        seen = set(self.signals) | {one["person"] for one in self.movements}
        seen |= {person for pair in self.couplings for person in pair}
        return sorted(seen | {person for _, subject in self.measures for person in subject})


def _opened(path: Path) -> AbstractContextManager[TextIO]:
    """Open a file; `-` is standard input."""
    return nullcontext(sys.stdin) if path == STANDARD else path.open(encoding="utf-8")


def load(path: Path) -> Recording:
    """Read JSON lines; raise `SignalsError` naming the line that is wrong. Unknown types are passed over."""
    recording = Recording(path.name)
    signals: Signals = defaultdict(lambda: defaultdict(list))
    couplings: Couplings = defaultdict(list)
    with reading(path, "file"), _opened(path) as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                take(recording, signals, couplings, _object(line, f"{path}:{number}"), f"{path}:{number}")
    recording.signals = {person: dict(channels) for person, channels in signals.items()}
    recording.couplings = dict(couplings)
    if recording.end_s < recording.start_s:
        raise SignalsError(f"expected lines of a recording, got none with a time at {path}")
    return recording


def _object(line: str, where: str) -> Json:
    one = parsed(line, where)
    if not isinstance(one, dict):
        raise SignalsError(f"expected a JSON object, got {type(one).__name__} at {where}")
    return one


def parsed(text: str, where: str) -> object:
    """Read JSON; raise `SignalsError` where it is none."""
    try:
        return json.loads(text)
    except ValueError as error:  # also of a number with thousands of digits
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "a number too long"
        hint = "" if text.lstrip().startswith("{") else ": recordings come from replay"
        raise SignalsError(f"expected a JSON object, got {reason} at {where}{hint}") from error
    except RecursionError as error:
        raise SignalsError(f"expected a JSON object, got one nested too deep at {where}") from error


LARGEST = 1e12  # beyond any unit here; differences and products stay finite
_FINITE = ("t_s", "value", "p", "evidence", "n", "coverage", "lag_s", "onset_s", "offset_s", "r")


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


def take(recording: Recording, signals: Signals, couplings: Couplings, one: Json, where: str) -> None:
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
            for channel, value in one["signals"].items():
                signals[int(one["person"])][channel].append((float(one["t_s"]), value))
        elif kind == "event":
            recording.movements.append(one | {"person": int(one["person"]), "onset_s": float(one["onset_s"])})
        elif kind == "coupling":
            couplings[int(one["pair"][0]), int(one["pair"][1])].append(one)
        elif kind == "measure":
            _measure(recording, one, t_s)
        elif kind in {"room", "health"}:
            _seen(recording, one)
    except (KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
        raise SignalsError(f"expected a whole {one.get('type')} line, got {error!r} at {where}") from error


def key_of(one: Json) -> tuple[str, tuple[int, ...]]:
    """Return what a result is about: measure and subject."""
    return str(one["name"]), tuple(int(person) for person in one.get("subject") or ())


def _measure(recording: Recording, one: Json, t_s: float | None) -> None:
    key = key_of(one)
    recording.names |= {int(person): str(name) for person, name in dict(one.get("names") or {}).items()}
    if one.get("state") == "above" and t_s is not None:
        spans = recording.above.setdefault(key, [])
        if recording.measures.get(key, {}).get("state") == "above":
            spans[-1] = (spans[-1][0], float(t_s))
        else:
            spans.append((float(t_s), float(t_s)))
    recording.measures[key] = one
    if one["name"] == "mimicry_index" and t_s is not None:
        recording.index.append((float(t_s), one.get("value")))


def _seen(recording: Recording, one: Json) -> None:
    for person in one.get("seen") or ():
        missing = dict(person["missing"])
        for reason, share in missing.items():
            _number(reason, share)
        recording.seen[int(person["id"])] = missing
    if origin := one.get("origin"):
        recording.origin = origin_words(origin)


def origin_words(origin: Json) -> str:
    """Word where something comes from; raises KeyError or TypeError where that is not whole."""
    inputs = [f"SHA-256 of {each['name']}: {each['sha256']}" for each in origin["inputs"]]
    models = [f"of the models: {origin['models_sha256']}"] if origin["models_sha256"] else []
    told = [f"mimicry-edge {origin['version']}", f"seed {origin['seed']}", f"command: {origin['command']}"]
    return "; ".join([*told, *inputs, *models])
