"""The numbers that have come of one run of a device, as spans without gaps between their ends."""

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator

Span = tuple[int, int]
"""First and last number, both included."""
_BEYOND = 1 << 63


class Spans:
    """Disjoint spans in order; numbers that follow one another share one."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._spans = sorted(spans)

    def add(self, number: int) -> bool:
        """Take a number; return whether it is new."""
        at = bisect_right(self._spans, (number, _BEYOND))
        if at and self._spans[at - 1][1] >= number:
            return False
        first = last = number
        if at < len(self._spans) and self._spans[at][0] == number + 1:
            last = self._spans.pop(at)[1]
        if at and self._spans[at - 1][1] == number - 1:
            first = self._spans.pop(at - 1)[0]
        insort(self._spans, (first, last))
        return True

    def missing(self, first: int, last: int) -> list[Span]:
        """Return the spans of first..last of which nothing has come."""
        found, at = [], first
        for low, high in self._spans:
            if low > last:
                break
            if low > at:
                found.append((at, low - 1))
            at = max(at, high + 1)
        return [*found, (at, last)] if at <= last else found

    def __iter__(self) -> Iterator[Span]:
        """Yield the spans in order."""
        return iter(self._spans)
