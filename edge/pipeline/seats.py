"""The order of the seats: whoever sat further to the left in the picture comes first."""

from collections.abc import Iterable
from math import isfinite

from edge.records import Expression


class Seats:
    """Mean place of everybody in each camera's picture."""

    def __init__(self) -> None:
        self._places: dict[int, tuple[int, float, int]] = {}

    def update(self, view: int, expressions: Iterable[Expression]) -> None:
        """Take the faces of one picture; those of a table without boxes have no place."""
        for one in expressions:
            middle_px = one.box_px[0] + one.box_px[2] / 2
            if isfinite(middle_px):
                view, sum_px, n = self._places.get(one.person, (view, 0.0, 0))
                self._places[one.person] = view, sum_px + middle_px, n + 1

    def order(self) -> list[int]:
        """Return people from left to right, those of the first camera first."""
        places = {person: (view, sum_px / n) for person, (view, sum_px, n) in self._places.items()}
        return sorted(places, key=lambda person: (*places[person], person))
