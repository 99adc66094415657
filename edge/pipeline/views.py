"""What the cameras of one meeting see: the newest signals of everybody, and how much time was measurable.

Whoever is not in a picture was missed by that camera only: time is kept for each camera by itself.
"""

from collections.abc import Iterable

from edge.arrays import overwrite
from edge.missing import Seen
from edge.pipeline.visibility import Visibility
from edge.records import Expression

STALE_NS = 1_000_000_000  # a camera that showed nothing for longer shows nobody now
LATE_NS = 5_000_000_000  # how far a camera may be behind the others


class Views:
    """One view for each camera, by the number in its frames."""

    def __init__(self, horizon_s: float) -> None:
        self._horizon_s = horizon_s
        self._visibility: dict[int, Visibility] = {}
        self._newest: dict[int, tuple[Expression, ...]] = {}
        self._t_ns: dict[int, int] = {}
        self._now_ns = 0

    def update(self, view: int, expressions: Iterable[Expression], t_ns: int, *, dark: bool = False) -> None:
        """Take the signals of everybody in one picture, which may be too dark."""
        expressions = tuple(expressions)
        if view not in self._visibility:
            self._visibility[view] = Visibility(self._horizon_s)
        self._visibility[view].update(expressions, t_ns, dark=dark)
        confirmed = (one for one in expressions if one.confirmed)
        self._newest[view] = tuple(sorted(confirmed, key=lambda expression: expression.person))
        self._t_ns[view] = self._now_ns = t_ns
        for other, last_ns in self._t_ns.items():
            if t_ns - last_ns > LATE_NS:  # time goes on there too, behind what may still come
                self._visibility[other].update((), t_ns - LATE_NS)

    def of(self, view: int) -> tuple[Expression, ...]:
        """Return the newest signals of everybody in one view who was shown to be alive, by person."""
        return self._newest.get(view, ())

    @property
    def latest(self) -> tuple[Expression, ...]:
        """The same of all views that are up to date."""
        fresh = [view for view, t_ns in self._t_ns.items() if abs(self._now_ns - t_ns) <= STALE_NS]
        people = (one for view in fresh for one in self._newest[view])
        return tuple(sorted(people, key=lambda expression: expression.person))

    def seen(self) -> tuple[Seen, ...]:
        """Return how much of everybody's time was measurable, by person."""
        people = (one for visibility in self._visibility.values() for one in visibility.seen())
        return tuple(sorted(people, key=lambda one: one.person))

    def wipe(self) -> None:
        """Overwrite and forget everybody."""
        for visibility in self._visibility.values():
            visibility.wipe()
        for expressions in self._newest.values():
            for expression in expressions:
                overwrite(expression.raw, expression.x)
        self._newest.clear()
        self._t_ns.clear()
