"""Recordings as the engine takes them: what is seen in a film, the calibrated signals of a table."""

from collections.abc import Iterable, Iterator, Sequence

from edge.config import Config
from edge.config.sections import CameraSection
from edge.expression import Expressions
from edge.pipeline.sight import sights
from edge.records import CHANNELS, Expression, Frame, Mesh
from edge.tables import Table

SEED = 1  # of the person numbers: the same recording gives the same table


def seen(
    frames: Iterable[Frame],
    rate_hz: float | None = None,
    config: Config | None = None,
    cameras: Sequence[CameraSection] = (),
) -> Iterator[tuple[Frame, list[Mesh], list[Expression]]]:
    """Yield every frame with the landmarks and signals of everybody in it.

    With a rate only that many frames a second are looked at; the others come without people.
    """
    views = [(sight, _Thinner(rate_hz)) for sight in sights(config or Config(), SEED, cameras)]
    for frame in frames:
        sight, keep = views[frame.view]
        yield frame, *(sight.see(frame) if keep(frame.t_ns) else ([], []))


def channels(table: Table) -> tuple[str, ...]:
    """Name the signals of a table: all action units when it has one of them, otherwise its own columns."""
    return CHANNELS if any(name in CHANNELS for name in table.channels) else table.channels


def calibrated(table: Table, config: Config) -> Iterator[list[Expression]]:
    """Yield the people of each frame; action units are calibrated like those of a camera."""
    if channels(table) != CHANNELS:
        yield from table.samples()
        return
    people = Expressions(config.expression)
    for expressions in table.expressions():
        yield [people.update_raw(one) for one in expressions]


class _Thinner:
    """Lets through at most a given number of frames a second."""

    def __init__(self, rate_hz: float | None) -> None:
        self._step_ns = 0 if rate_hz is None else round(1e9 / rate_hz)
        self._next_ns: int | None = None

    def __call__(self, t_ns: int) -> bool:
        """Whether the frame at this time is used; a grid that does not drift."""
        # A fiftieth of slack: frame times are rounded in the file.
        if self._next_ns is not None and t_ns < self._next_ns - self._step_ns // 50:
            return False
        late_ns = 0 if self._next_ns is None else t_ns - self._next_ns
        self._next_ns = t_ns + self._step_ns - (late_ns if 0 < late_ns < self._step_ns else 0)
        return True
