"""Each message once: the numbers that have come of every device and run, and those that are missing."""

from collections import OrderedDict
from dataclasses import dataclass, field

_BOOTS_KEPT = 64  # runs remembered for each device
_MAX_GAP = 1000  # longer gaps are reported by their first thousand numbers


@dataclass(slots=True)
class Sequence:
    """What has come of one run of one device."""

    floor: int
    """First number that is expected."""
    last: int = 0
    missing: set[int] = field(default_factory=set)
    early: set[int] = field(default_factory=set)

    def take(self, seq: int) -> tuple[bool, list[int]]:
        """Return whether the number is new, and the numbers newly found missing before it."""
        if seq < self.floor:
            new = seq not in self.early
            self.early.add(seq)
            return new, []
        if seq <= self.last:
            new = seq in self.missing
            self.missing.discard(seq)
            return new, []
        first = max(self.last + 1, self.floor)
        gap = list(range(first, min(seq, first + _MAX_GAP)))
        self.missing.update(gap)
        self.last = seq
        return True, gap


class Ledger:
    """Numbers seen, for every device and run. A run that began under our eyes is expected from 1 on."""

    def __init__(self) -> None:
        self._runs: dict[str, OrderedDict[str, Sequence]] = {}

    def take(self, device: str, boot: str, seq: int) -> tuple[bool, list[int]]:
        """Return whether the message is new, and the numbers found missing before it."""
        runs = self._runs.setdefault(device, OrderedDict())
        if boot not in runs:
            runs[boot] = Sequence(1 if runs else seq)
            while len(runs) > _BOOTS_KEPT:
                runs.popitem(last=False)
        return runs[boot].take(seq)
