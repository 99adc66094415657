"""The seats before one camera: faces by their place in the picture, whoever sits there.

A face that is lost and found under another number is the same seat; nobody is recognised.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from edge.aim.look import Look, look
from edge.records import Expression, Frame

SEATED = 0.1  # share of a camera's pictures in which a seat shows a face, else somebody passes


@dataclass(slots=True)
class Seat:
    """One place in the picture."""

    person: int
    """Number of the face that was there last."""
    looks: list[Look] = field(default_factory=list)
    """Everything seen there, in order of time."""

    def near(self, seen: Look) -> bool:
        """Whether a face is where this seat's was last."""
        last = self.looks[-1]
        return abs(seen.x - last.x) < last.width and abs(seen.y - last.y) < last.width


class Seats:
    """Takes the faces of each picture of one camera; gives the seats from left to right."""

    def __init__(self) -> None:
        self._seats: list[Seat] = []
        self._times_ns: list[int] = []

    def update(self, frame: Frame, people: Iterable[Expression]) -> None:
        """Take everybody in one picture."""
        self._times_ns.append(frame.t_ns)
        free = list(self._seats)
        for one in sorted(people, key=lambda one: all(one.person != seat.person for seat in free)):
            seen = look(frame, one)
            seat = next((seat for seat in free if seat.person == one.person), None)
            seat = seat or next((seat for seat in free if seat.near(seen)), None)
            if seat is None:
                self._seats.append(seat := Seat(one.person))
            else:
                free.remove(seat)
            seat.person = one.person
            seat.looks.append(seen)

    def since(self, t_ns: int) -> list[list[Look]]:
        """Return the looks of each seat from a time on, from left to right."""
        pictures = sum(one >= t_ns for one in self._times_ns)
        found = [[one for one in seat.looks if one.t_ns >= t_ns] for seat in self._seats]
        seated = [looks for looks in found if looks and len(looks) >= SEATED * pictures]
        return sorted(seated, key=lambda looks: looks[-1].x)

    def wipe(self) -> None:
        """Forget everybody."""
        self._seats.clear()
        self._times_ns.clear()
