"""What the last ten seconds of pictures showed: nobody, somebody measurable, or why nobody was."""

from collections import Counter, deque
from collections.abc import Iterable

LATELY_NS = 10_000_000_000
BACK_NS = 1_000_000_000  # one of several cameras may be this late


class Lately:
    """Remembers of each frame why each face in it was not measurable; None where it was."""

    def __init__(self) -> None:
        self._looks: deque[tuple[int, tuple[str | None, ...]]] = deque()

    def update(self, reasons: Iterable[str | None], t_ns: int) -> None:
        """Take one frame of sensor time `t_ns`, one reason for each face."""
        if self._looks and self._looks[-1][0] - t_ns > BACK_NS:  # the recording began again
            self.wipe()
        self._looks.append((t_ns, tuple(reasons)))
        while t_ns - self._looks[0][0] > LATELY_NS:
            self._looks.popleft()

    def wipe(self) -> None:
        """Forget everything."""
        self._looks.clear()

    @property
    def seen(self) -> bool:
        """Whether a face was there, or it was too dark to know."""
        return any(reasons for _, reasons in self._looks)

    @property
    def measurable(self) -> bool:
        """Whether a face could be measured."""
        return any(None in reasons for _, reasons in self._looks)

    def missing(self) -> dict[str, float]:
        """Return why faces were not measurable, as shares of them all, 0..1."""
        counts = Counter(one for _, reasons in self._looks for one in reasons)
        return {reason: n / counts.total() for reason, n in counts.items() if reason is not None}
