"""From a frame to what may be published of it: the engine, then the door; the one place that holds people."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from edge.arrays import overwrite
from edge.config.sections import PublishSection
from edge.pipeline.meter import Meter
from edge.pipeline.vision import Vision
from edge.privacy import Door
from edge.records import Frame, Message, Report


class Feed:
    """Puts frames through the engine and hands `publish` what the door lets through.

    Between two reports the last one is repeated with newer signals, `live_hz` times a second of the machine's
    clock: a camera whose pictures are late is then late, and not silent.
    """

    def __init__(
        self, vision: Vision, door: Door, meter: Meter, publish: Callable[[Message], None], live_hz: float
    ) -> None:
        self._vision, self._door, self._meter, self._publish = vision, door, meter, publish
        self._live_hz = live_hz
        self._said: Report | None = None
        self._said_ns = 0

    def process(self, frame: Frame, arrived_ns: int) -> None:
        """Put one frame, arrived at that monotonic time, through the engine; publish what may leave."""
        engine = self._vision.engine
        if engine is None:
            return
        report = engine.update(frame)
        latest = engine.signals.views.latest
        self._meter.saw(frame, time.monotonic_ns(), arrived_ns, len(latest))
        if report is not None:
            self._meter.lag_ns = frame.t_ns - report.t_ns
            self._said = report
            self._say(self._door.filter, report, arrived_ns)
        elif self._said is not None and (arrived_ns - self._said_ns) * self._live_hz >= 1e9:
            live = replace(self._said, t_ns=frame.t_ns, expressions=latest, events=())
            self._say(self._door.live, live, arrived_ns)

    @property
    def tells(self) -> bool:
        """Whether health may say what people do."""
        return self._door.tells(self._said)

    def wipe(self) -> None:
        """Overwrite and drop everything that is known of people (mute)."""
        self._vision.wipe()
        self._door.wipe()
        if self._said is not None:
            for expression in self._said.expressions:
                overwrite(expression.raw, expression.x)
        self._said = None

    def reconfigure(self, section: PublishSection) -> None:
        """Take the rates of a reloaded configuration."""
        self._live_hz = section.live_hz
        self._door.reconfigure(summary_s=section.summary_s)

    def _say(self, door: Callable[..., Iterator[Message]], report: Report, arrived_ns: int) -> None:
        self._said_ns = arrived_ns
        stage_ms = {name: round(ms, 2) for name, ms in self._vision.stage_ms(0.5).items()}
        for message in door(report, fps=self._meter.fps, stage_ms=stage_ms):
            self._publish(message)
