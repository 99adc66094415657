"""A recording through the engine of the service: every frame, none skipped, the same numbers every time."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from edge.config import Config
from edge.pipeline.engine import Engine, SignalEngine
from edge.pipeline.recorded import calibrated, channels
from edge.pipeline.stopwatch import Stopwatch
from edge.privacy import Privacy
from edge.records import CHANNELS, Expression, Frame, Message, Report
from edge.tables import Table


class Replay:
    """Takes frames or tables and hands `say` what the privacy profile lets through."""

    def __init__(self, config: Config, say: Callable[[Message], None]) -> None:
        self._config, self._say = config, say
        self._folder = tempfile.TemporaryDirectory(prefix="mimicry-replay-")
        section = replace(config.privacy, default_at_boot="off", require_booking=False, on_hub_lost="keep")
        self._privacy = Privacy(
            section, Path(self._folder.name), 0.0, summary_s=config.publish.summary_s, channels=CHANNELS
        )
        self._engine: Engine | None = None
        self.watch = Stopwatch()
        self.frames = self.faces = 0
        self._first_ns: int | None = None
        self._last_ns = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    def frame(self, frame: Frame) -> tuple[Expression, ...]:
        """Process one frame; return the signals of everybody in it."""
        if self._engine is None:
            self._engine = Engine(self._config, self._config.measures.seed)
            self.watch = self._engine.watch
        self._report(self._engine.update(frame))
        self._count(frame.t_ns, len(self._engine.signals.latest))
        return self._engine.signals.latest

    def table(self, table: Table, each: Callable[[tuple[Expression, ...]], None]) -> None:
        """Process a table of signals; `each` is called with the signals of every frame in it.

        Columns named as action units are calibrated like those of a camera; other columns are taken as they
        are, and carry no events.
        """
        engine = SignalEngine(self._config, channels(table))
        self.watch = engine.watch
        for people in calibrated(table, self._config):
            self._report(engine.update(people, people[0].t_ns))
            self._count(people[0].t_ns, len(people))
            each(engine.latest)
        self._end(engine)

    def finish(self) -> None:
        """End of the frames: report what is still held."""
        if self._engine is not None:
            self._end(self._engine.signals)

    def health(self, took_s: float) -> dict[str, object]:
        """Return what the replay knows of itself after `took_s` seconds of work: the `health` line."""
        recorded_s = (self._last_ns - (self._first_ns or 0)) / 1e9
        median, tail = self.watch.quantile_ms(0.5), self.watch.quantile_ms(0.95)
        return {
            "t_s": self._last_ns / 1e9,
            "frames": self.frames,
            "faces": self.faces,
            "stage_ms": {
                name: {"p50": round(median[name], 3), "p95": round(tail[name], 3)} for name in median
            },
            "real_time_factor": round(recorded_s / took_s, 3) if took_s > 0 else None,
        }

    def _end(self, engine: SignalEngine) -> None:
        """Report the last hop and the summary of the minute it cut short."""
        report = engine.finish()
        self._report(report)
        for message in self._privacy.finish(self._last_ns if report is None else report.t_ns):
            self._say(message)

    def _count(self, t_ns: int, faces: int) -> None:
        self.frames += 1
        self.faces += faces
        self._last_ns = t_ns
        if self._first_ns is None:
            self._first_ns = t_ns

    def _report(self, report: Report | None) -> None:
        if report is not None:
            for message in self._privacy.filter(report):
                self._say(message)
