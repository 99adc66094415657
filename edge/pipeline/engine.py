"""One frame, or one row of recorded signals, through every module, alike in service and replay."""

from collections.abc import Iterable

from edge.arrays import overwrite
from edge.config import Config
from edge.events import Spotter
from edge.measures import Measures
from edge.mesh import FaceMesh
from edge.mimicry import Mimicry
from edge.pipeline.sight import Sight, dark
from edge.pipeline.stopwatch import Stopwatch
from edge.pipeline.visibility import Visibility
from edge.records import CHANNELS, Expression, Frame, Measure, Movement, Report, Tick


class SignalEngine:
    """From calibrated signals to reports: events, coupling, measures. No picture is needed.

    `channels` names the entries of `Expression.x`; signals from anywhere may bring their own. Not live,
    measures are computed at the end only.
    """

    def __init__(self, config: Config, channels: tuple[str, ...] = CHANNELS, *, live: bool = True) -> None:
        self.watch = Stopwatch()
        self._spotter = Spotter(config.events) if channels == CHANNELS else None
        self._mimicry = Mimicry(config.mimicry, channels)
        self._live = live
        self._measures = Measures(config.measures, config.mimicry)
        self.visibility = Visibility(config.mimicry.horizon_s)
        """How much of everybody's time was measurable."""
        self._events: list[Movement] = []
        self.latest: tuple[Expression, ...] = ()
        """The signals of everybody in the newest frame who was shown to be alive, by person."""

    def update(self, expressions: Iterable[Expression], t_ns: int, *, dark: bool = False) -> Report | None:
        """Take the signals of one frame, which may be too dark; return a report when a hop is complete."""
        expressions = tuple(expressions)
        self.visibility.update(expressions, t_ns, dark=dark)
        confirmed = (one for one in expressions if one.confirmed)
        self.latest = tuple(sorted(confirmed, key=lambda expression: expression.person))
        with self.watch.stage("events"):
            closed = self._spot()
        self._events += closed
        with self.watch.stage("mimicry"):
            tick = self._mimicry.update(self.latest, closed, t_ns)
        return None if tick is None else self._report(tick)

    def finish(self) -> Report | None:
        """End of a recording: close what is held open and report the last, incomplete hop."""
        self._events += [] if self._spotter is None else self._spotter.finish()
        tick = self._mimicry.flush()
        return None if tick is None else self._report(tick, final=True)

    @property
    def steps(self) -> int:
        """Steps of the correlator's grid so far; only grows, at most by its rate, with or without people."""
        return self._mimicry.steps

    def wipe(self) -> None:
        """Overwrite every ring and drop everybody."""
        if self._spotter is not None:
            self._spotter.wipe()
        self._mimicry.wipe()
        self._measures.wipe()
        self.visibility.wipe()
        for expression in self.latest:
            overwrite(expression.raw, expression.x)
        self._events, self.latest = [], ()

    def _spot(self) -> list[Movement]:
        if self._spotter is None:
            return []
        return [event for expression in self.latest for event in self._spotter.update(expression)]

    def _measured(self, tick: Tick, *, final: bool) -> list[Measure]:
        if self._live and not final:
            self._measures.update(tick)
            return self._measures.result()
        self._measures.push(tick)
        return self._measures.finish() if final else []

    def _report(self, tick: Tick, *, final: bool = False) -> Report:
        with self.watch.stage("measures"):
            measures = tuple(self._measured(tick, final=final))
        events, self._events = tuple(self._events), []
        return Report(
            t_ns=tick.t_ns,
            people=tick.people,
            present=tick.present,
            expressions=self.latest,
            events=events,
            couplings=tick.couplings,
            measures=measures,
            seen=self.visibility.seen(),
        )


class Engine:
    """From frames to reports: a `Sight` in front of a `SignalEngine`, with one stopwatch."""

    def __init__(self, config: Config, seed: int | None = None) -> None:
        self.signals = SignalEngine(config)
        self.watch = self.signals.watch
        self.sight = Sight(config, seed, self.watch)

    def update(self, frame: Frame) -> Report | None:
        """Take one frame; return a report when a hop is complete."""
        with self.watch.stage("frame"):
            return self.signals.update(self.sight.see(frame)[1], frame.t_ns, dark=dark(frame))

    @property
    def mesh(self) -> FaceMesh:
        """The face mesh, for what is published about its model."""
        return self.sight.mesh

    @property
    def problem(self) -> str:
        """What is wrong with how the camera hangs; empty when nothing is."""
        return self.sight.problem

    @property
    def degraded(self) -> str:
        """Why a model runs on the CPU instead of the configured accelerator; empty when none does."""
        return self.sight.degraded

    def wipe(self) -> None:
        """Overwrite every ring, drop everybody and every number."""
        self.sight.wipe()
        self.signals.wipe()
