"""A recording through the engine of the service: every frame, none skipped, the same numbers every time."""

from collections.abc import Callable, Iterator, Sequence

from edge.config import Config
from edge.config.sections import CameraSection
from edge.missing import together
from edge.pipeline.engine import Engine, SignalEngine
from edge.pipeline.recorded import calibrated, channels
from edge.pipeline.seats import Seats
from edge.pipeline.stopwatch import Stopwatch
from edge.plain import Json
from edge.privacy import Door
from edge.records import CHANNELS, Expression, Frame, Measure, Message, Report
from edge.tables import Table


class Replay:
    """Takes frames or tables and hands `say` what the privacy profile lets through.

    `cameras` are those whose frames come, by their `view`; only the configured one unless given.
    """

    def __init__(
        self, config: Config, say: Callable[[Message], None], cameras: Sequence[CameraSection] = ()
    ) -> None:
        self._config, self._say, self._cameras = config, say, cameras
        self.door = self._door(CHANNELS)
        """The way out: only what it yields is printed, `Door.frames` too."""
        self._engine: Engine | None = None
        self.watch = Stopwatch()
        self.frames = self.faces = 0
        self._first_ns: int | None = None
        self._last_ns = 0
        self._missing: dict[str, float] = {}
        self._seats = Seats()
        self._measures: dict[tuple[str, tuple[int, ...]], Measure] = {}

    def frame(self, frame: Frame) -> tuple[Expression, ...]:
        """Process one frame; return the signals of everybody in it."""
        if self._engine is None:
            self._engine = Engine(self._config, self._config.measures.seed, self._cameras)
            self.watch = self._engine.watch
        self._report(self._engine.update(frame))
        people = self._engine.signals.views.of(frame.view)
        self._count(frame.t_ns, frame.view, people)
        return people

    def table(self, table: Table, each: Callable[[tuple[Expression, ...]], None]) -> None:
        """Process a table of signals; `each` is called with the signals of every frame in it.

        Columns named as action units are calibrated like those of a camera; other columns are taken as they
        are, and carry no events.
        """
        names = channels(table)
        engine, self.door = SignalEngine(self._config, names), self._door(names)
        self.watch = engine.watch
        recordings = table.recordings
        for people in calibrated(table, self._config):
            view = recordings.get(people[0].person, 0)
            self._report(engine.update(people, people[0].t_ns, view=view))
            self._count(people[0].t_ns, view, people)
            each(engine.views.of(view))
        self._end(engine)

    def finish(self) -> None:
        """End of the frames: report what is still held."""
        if self._engine is not None:
            self._end(self._engine.signals)

    def health(self, took_s: float) -> dict[str, object]:
        """Return what the replay knows of itself after `took_s` seconds of work: the `health` line."""
        recorded_s = (self._last_ns - (self._first_ns or 0)) / 1e9
        median, tail = self.watch.quantile_ms(0.5), self.watch.quantile_ms(0.95)
        problem = "" if self._engine is None else self._engine.problem
        seats = self.door.people(self._seats.order())
        told = {"problems": [problem]} if problem else {}
        return (
            {
                "t_s": self._last_ns / 1e9,
                "frames": self.frames,
                "faces": self.faces,
                "stage_ms": {
                    name: {"p50": round(median[name], 3), "p95": round(tail[name], 3)} for name in median
                },
                "real_time_factor": round(recorded_s / took_s, 3) if took_s > 0 else None,
                "missing": {reason: round(share, 3) for reason, share in self._missing.items()},
            }
            | ({"seats": seats} if seats else {})
            | told
        )

    def nulls(self) -> Iterator[Json]:
        """Yield the draws that the last value of every measure and subject was held against."""
        yield from self.door.nulls(self._measures.values())

    def _door(self, channels: tuple[str, ...]) -> Door:
        """Return the way out under the configured profile: nobody mutes a recording or books its room."""
        summary_s = self._config.publish.summary_s
        return Door(
            self._config.privacy,
            muted=lambda: False,
            consent=lambda: False,
            summary_s=summary_s,
            channels=channels,
        )

    def _end(self, engine: SignalEngine) -> None:
        """Report the last hop and the summary of the minute it cut short."""
        report = engine.finish()
        self._report(report)
        for message in self.door.finish(self._last_ns if report is None else report.t_ns):
            self._say(message)

    def _count(self, t_ns: int, view: int, people: Sequence[Expression]) -> None:
        self.frames += 1
        self.faces += len(people)
        self._seats.update(view, people)
        self._last_ns = t_ns
        if self._first_ns is None:
            self._first_ns = t_ns

    def _report(self, report: Report | None) -> None:
        if report is not None:
            self._missing = together(report.seen)
            self._measures |= {(one.name, one.subject): one for one in report.measures}
            for message in self.door.filter(report):
                self._say(message)
