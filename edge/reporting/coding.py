"""Movements and spans above chance of a recording, as programs for coding by hand import them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from edge.errors import SignalsError
from edge.reporting.recording import Recording
from edge.words import STATE_WORDS


@dataclass(frozen=True, slots=True, order=True)
class Annotation:
    """Something that lasted."""

    start_s: float
    end_s: float
    who: str
    """One person, a pair or the room."""
    what: str
    """Channel of a movement, or name of a measure."""
    note: str


def annotations(recording: Recording, names: Mapping[int, str]) -> list[Annotation]:
    """Return every movement and every span above chance, in time.

    Raises
    ------
    SignalsError
        If the recording holds neither: it was made where nobody's movements are written.
    """
    found = sorted([*_movements(recording, names), *_spans(recording, names)])
    if not found:
        raise SignalsError(f"expected movements or verdicts, got none in {recording.name}")
    return found


def written(found: Iterable[Annotation], program: str) -> str:
    """Return annotations as the text that a program imports: a name of `PROGRAMS`."""
    return "".join(f"{line}\n" for line in PROGRAMS[program](found))


def _movements(recording: Recording, names: Mapping[int, str]) -> Iterator[Annotation]:
    for one in recording.movements:
        start_s, end_s = one["onset_s"], one.get("offset_s")
        length = "brief" if one.get("brief") else "longer"
        who = names.get(one["person"], str(one["person"]))
        if end_s is not None:
            yield Annotation(start_s, float(end_s), who, str(one.get("channel")), length)


def _spans(recording: Recording, names: Mapping[int, str]) -> Iterator[Annotation]:
    for (name, subject), spans in recording.above.items():
        who = " ".join(names.get(person, str(person)) for person in subject) or "room"
        for start_s, end_s in spans:
            yield Annotation(start_s, end_s, who, name, STATE_WORDS["above"])


def _elan(found: Iterable[Annotation]) -> Iterator[str]:
    """Tier, begin, end and duration in seconds, annotation: File > Import > CSV / Tab-delimited text."""
    yield "Tier\tBegin Time - ss.msec\tEnd Time - ss.msec\tDuration - ss.msec\tAnnotation"
    for one in found:
        times = f"{one.start_s:.3f}\t{one.end_s:.3f}\t{one.end_s - one.start_s:.3f}"
        yield f"{_cell(one.who)} {one.what}\t{times}\t{one.note}"


def _boris(found: Iterable[Annotation]) -> Iterator[str]:
    """Time, subject, code, modifier, comment; a state begins and ends with a row each."""
    ends = [(time_s, one) for one in found for time_s in (one.start_s, one.end_s)]
    for time_s, one in sorted(ends, key=lambda end: end[0]):
        yield f"{time_s:.3f}\t{_cell(one.who)}\t{one.what}\t\t{one.note}"


def _csv(found: Iterable[Annotation]) -> Iterator[str]:
    """One row for each, for a table."""
    yield "start_s,end_s,who,what,note"
    for one in found:
        who = one.who.replace('"', '""')
        yield f'{one.start_s:.6f},{one.end_s:.6f},"{who}",{one.what},{one.note}'


def _cell(text: str) -> str:
    """Return a text that breaks no row."""
    return " ".join(text.split())


PROGRAMS: dict[str, Callable[[Iterable[Annotation]], Iterator[str]]] = {
    "elan": _elan,
    "boris": _boris,
    "csv": _csv,
}
