"""A recording as the page needs it: signals, movements, couplings, and the last state of every measure."""

from array import array
from dataclasses import dataclass, field

from edge.plain import Json

Subject = tuple[int, ...]
Key = tuple[str, Subject]
"""A measure and whom it is about."""
NOTHING = float("nan")


@dataclass(slots=True)
class Series:
    """Signals of one person; seconds and values lie side by side, NaN where there is none."""

    t_s: "array[float]" = field(default_factory=lambda: array("d"))
    """Time of each row, s."""
    values: "dict[str, array[float]]" = field(default_factory=dict)
    """Values of each channel, robust sd or the table's own unit."""

    def add(self, t_s: float, signals: Json) -> None:
        """Take one row; a channel that is not in it has no value there."""
        for channel in signals.keys() - self.values.keys():
            self.values[channel] = array("f", [NOTHING]) * len(self.t_s)
        self.t_s.append(t_s)
        for channel, column in self.values.items():
            value = signals.get(channel)
            column.append(NOTHING if value is None else value)


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
    signals: dict[int, Series] = field(default_factory=dict)
    """Signals of each person; empty without frame lines."""
    movements: list[Json] = field(default_factory=list)
    """Closed movements."""
    couplings: dict[Subject, list[Json]] = field(default_factory=dict)
    """Windowed peaks of each pair, in time."""
    measures: dict[Key, Json] = field(default_factory=dict)
    """The last line of every measure and subject."""
    draws: dict[Key, list[float]] = field(default_factory=dict)
    """Draws of the null that the last value of a measure and subject was held against, where written."""
    above: dict[Key, list[tuple[float, float]]] = field(default_factory=dict)
    """Spans over which a measure and subject stood above chance, s."""
    seen: dict[int, Json] = field(default_factory=dict)
    """How much of each person's time was not measurable by reason, at the end; empty at the workplace."""
    names: dict[int, str] = field(default_factory=dict)
    """Names of people by number, where there are names."""
    seats: dict[int, int] = field(default_factory=dict)
    """Seats of people by number, from 1 at the left of the picture; empty where no place is known."""
    origin: str = ""
    """Where it comes from, in words: version, command, seed, hashes."""
    index: list[tuple[float, float | None]] = field(default_factory=list)
    """The room's index over time."""

    @property
    def people(self) -> list[int]:
        """Numbers of all people in the recording, from left to right; those without a seat at the end."""
        seen = set(self.signals) | {one["person"] for one in self.movements}
        seen |= {person for pair in self.couplings for person in pair}
        seen |= {person for _, subject in self.measures for person in subject}
        return sorted(seen, key=lambda person: (self.seats.get(person, len(seen) + 1), person))

    def by_seat(self, subject: Subject) -> Subject:
        """Return people from left to right."""
        return tuple(sorted(subject, key=self.people.index))

    def label(self, person: int) -> str:
        """Return a person's name, the seat where there is none, the number where there is neither."""
        if person in self.names:
            return self.names[person]
        return f"seat {self.seats[person]}" if person in self.seats else str(person)

    def title(self, person: int) -> str:
        """Return the label as the beginning of a line."""
        if person in self.names:
            return self.names[person]
        return f"Seat {self.seats[person]}" if person in self.seats else f"Person {person}"
