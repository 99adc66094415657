"""Names of people, given by who asks for the page: they stand in the page only."""

from collections.abc import Mapping, Sequence

from edge.errors import SignalsError
from edge.reporting.recording import Recording

Names = Sequence[str] | Mapping[int, str]
"""From left to right, or by number."""


def name(recordings: Sequence[Recording], names: Names) -> None:
    """Give people in recordings their names; raise `SignalsError` where those do not fit."""
    if isinstance(names, Mapping):
        _by_number(recordings, names)
    elif names:
        for recording in recordings:
            _by_seat(recording, names)


def _by_number(recordings: Sequence[Recording], names: Mapping[int, str]) -> None:
    known = sorted({person for recording in recordings for person in recording.people})
    for person in names:
        if person not in known:
            raise SignalsError(f"expected a person of {', '.join(map(str, known))}, got {person} as a name's")
    for recording in recordings:
        recording.names |= {one: names[one] for one in recording.people if one in names}


def _by_seat(recording: Recording, names: Sequence[str]) -> None:
    if not recording.seats:
        known = ", ".join(f"{person}=..." for person in recording.people)
        raise SignalsError(
            f"expected a recording that knows its seats, got none in {recording.name}: give names as {known}"
        )
    if len(names) != len(recording.seats):
        most = len(recording.seats)
        raise SignalsError(
            f"expected {most} names, from left to right, got {len(names)} for {recording.name}"
        )
    recording.names = {person: names[seat - 1] for person, seat in recording.seats.items()}
