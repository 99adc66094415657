"""One frame, or one row of recorded signals, through every module, alike in service and replay."""

from collections.abc import Iterable, Sequence

from edge.config import Config
from edge.config.sections import CameraSection
from edge.events import Spotter
from edge.measures import Measures
from edge.mesh import FaceMesh
from edge.mimicry import Mimicry
from edge.pipeline.lately import Lately
from edge.pipeline.sight import dark, sights
from edge.pipeline.stopwatch import Stopwatch
from edge.pipeline.views import Views
from edge.records import CHANNELS, Expression, Frame, Measure, Movement, Report, Tick


class SignalEngine:
    """From calibrated signals to reports: events, coupling, measures. No picture is needed.

    `channels` names the entries of `Expression.x`; signals from anywhere may bring their own. Not live,
    measures are computed at the end only, over the whole horizon, and bets see the newest `bets_s` of it.
    """

    def __init__(
        self,
        config: Config,
        channels: tuple[str, ...] = CHANNELS,
        *,
        live: bool = True,
        bets_s: float | None = None,
    ) -> None:
        self.watch = Stopwatch()
        self._spotter = Spotter(config.events) if channels == CHANNELS else None
        self._mimicry = Mimicry(config.mimicry, channels)
        self._live = live
        self._measures = Measures(config.measures, config.mimicry, bets_s=None if live else bets_s)
        self.views = Views(config.mimicry.horizon_s)
        """The newest signals of everybody, and how much of their time was measurable."""
        self.lately = Lately()
        self._events: list[Movement] = []

    def update(
        self, expressions: Iterable[Expression], t_ns: int, *, dark: bool = False, view: int = 0
    ) -> Report | None:
        """Take the signals of one frame, which may be too dark; return a report when a hop is complete."""
        expressions = tuple(expressions)
        self.lately.update([one.missing for one in expressions] or ["dark"] * dark, t_ns)
        self.views.update(view, expressions, t_ns, dark=dark)
        people = self.views.of(view)
        with self.watch.stage("events"):
            closed = self._spot(people)
        self._events += closed
        with self.watch.stage("mimicry"):
            tick = self._mimicry.update(people, closed, t_ns)
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
        self.views.wipe()
        self.lately.wipe()
        self._events = []

    def _spot(self, people: Iterable[Expression]) -> list[Movement]:
        if self._spotter is None:
            return []
        return [event for expression in people for event in self._spotter.update(expression)]

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
            expressions=self.views.latest,
            events=events,
            couplings=tick.couplings,
            measures=measures,
            seen=self.views.seen(),
        )


class Engine:
    """From frames to reports: a `Sight` for each camera in front of one `SignalEngine`, with one stopwatch.

    `cameras` are those whose frames come, by their `view`; only the configured one unless given.
    """

    def __init__(
        self, config: Config, seed: int | None = None, cameras: Sequence[CameraSection] = ()
    ) -> None:
        self.signals = SignalEngine(config)
        self.watch = self.signals.watch
        self._sights = sights(config, seed, cameras, self.watch)

    def update(self, frame: Frame) -> Report | None:
        """Take one frame; return a report when a hop is complete."""
        with self.watch.stage("frame"):
            people = self._sights[frame.view].see(frame)[1]
            return self.signals.update(people, frame.t_ns, dark=dark(frame), view=frame.view)

    @property
    def mesh(self) -> FaceMesh:
        """A face mesh, for what is published about its model."""
        return self._sights[0].mesh

    @property
    def problem(self) -> str:
        """What is wrong with how the cameras hang; empty when nothing is."""
        return "; ".join(sight.problem for sight in self._sights if sight.problem)

    @property
    def degraded(self) -> str:
        """Why a model runs on the CPU instead of the configured accelerator; empty when none does."""
        return self._sights[0].degraded

    def wipe(self) -> None:
        """Overwrite every ring, drop everybody and every number."""
        for sight in self._sights:
            sight.wipe()
        self.signals.wipe()
