"""The running device: one loop that captures, measures, obeys the mute, publishes, and shows its progress.

Everything that may block has a thread of its own (camera, spool, MQTT session, heartbeat); the loop waits on
one event and turns at least four times a second, whatever happens.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType

from edge.camera import open_camera
from edge.pipeline.board import Board
from edge.pipeline.capture import Capture
from edge.pipeline.engine import Engine
from edge.pipeline.health import Snapshot, health_body, status_line
from edge.pipeline.meter import Meter
from edge.pipeline.vision import Vision
from edge.privacy import Door, PrivacyState
from edge.publish import Publisher
from edge.records import Command, Frame, Message, Report
from edge.service import (
    PROGRESS,
    Alone,
    Boot,
    Heartbeat,
    Ladder,
    LastGood,
    LocalControl,
    Notifier,
    Progress,
    Step,
    Supervisor,
    reload_config,
    runtime_file,
)

TURN_S = 0.25  # longest rest of the loop
SECOND_S = 1.0  # privacy deadlines, light, status line
EXIT_CAMERA = 1  # the service manager restarts the process

_log = logging.getLogger(__name__)


class Device:
    """Built from a boot configuration; `run` returns the exit status of the process."""

    def __init__(self, boot: Boot, config_path: Path) -> None:
        self.boot, self.config, self._config_path = boot, boot.config, config_path
        section = self.config.service
        state_dir = Path(section.state_dir)
        self._alone = Alone(state_dir)
        self._wake = threading.Event()
        self._stop: int | None = None
        self._reload_asked = self._toggle_asked = False
        self._asked_ns: int | None = None
        self.privacy = PrivacyState(self.config.privacy, state_dir, time.time())
        self.door = Door(
            self.config.privacy,
            muted=lambda: self.privacy.muted,
            consent=lambda: self.privacy.consent,
            summary_s=self.config.publish.summary_s,
        )
        self.publisher = Publisher(
            self.config.publish,
            state_dir,
            muted=self.privacy.muted,
            profile=self.config.privacy.profile,
            on_command=self._obey,
        )
        self.vision = Vision(self.config)
        self.capture: Capture | None = None
        self._said: Report | None = None
        self._live_ns = 0
        self.muted = True
        self.meter = Meter()
        self.ladder = Ladder(runtime_file("restarts"))
        self.board = Board(state_dir)
        self.notifier = Notifier()
        self._second_s = self._health_s = float("-inf")
        self._ready = False

    def run(self) -> int:
        """Turn until a signal or the ladder says stop; leave everything durable behind."""
        service = self.config.service
        supervisor = Supervisor(self.notifier)
        with (
            LocalControl(service.led_pin, service.button_pin, self._toggle) as self._local,
            Heartbeat(supervisor, self.progress, time.monotonic, runtime_file(PROGRESS)),
        ):
            self._listen()
            self.publisher.start()
            try:
                while self._stop is None:
                    self._turn()
                    self._wake.wait(TURN_S)
                    self._wake.clear()
            finally:
                self._leave()
        return self._stop

    def progress(self) -> Progress:
        """Counters for the supervisor; called from its thread."""
        return Progress(
            loop=self.meter.turns,
            frames=self.meter.frames,
            inferences=self.meter.inferences,
            correlations=self.vision.steps,
            publishes=self.publisher.turns,
            muted=self.muted,
            degraded=self.ladder.degraded or self.vision.engine is None,
        )

    def _turn(self) -> None:
        """One turn: follow the privacy state, take a frame, do what is due."""
        self.meter.turns += 1
        now_s = time.monotonic()
        if now_s - self._second_s >= SECOND_S:
            self._second_s = now_s
            self._every_second(now_s)
        if self.privacy.muted != self.muted or not self._ready:
            self._follow_privacy()
        if self.capture is not None and self.vision.engine is not None:
            self._look(self.capture, self.vision.engine, now_s)
        if now_s - self._health_s >= self.config.publish.health_s:
            self._health_s = now_s
            self.publisher.publish_health(health_body(self._snapshot(), self.board.tell(now_s)))
        self.board.watch(now_s)

    def _look(self, capture: Capture, engine: Engine, now_s: float) -> None:
        """Process the newest frame, or take note that the camera ended."""
        taken = capture.take()
        if taken is not None:
            self.meter.frames += 1
            if self.meter.frames % self.board.governor.every_n == 0:
                self._process(engine, *taken)
            if self.ladder.degraded:
                self.ladder.recovered()
        elif capture.error is not None:
            self._camera_ended(capture.error, now_s)

    def _process(self, engine: Engine, frame: Frame, arrived_ns: int) -> None:
        """Put one frame through the engine and say what may be said."""
        report = engine.update(frame)
        latest = engine.signals.latest
        self.meter.saw(frame, time.monotonic_ns(), arrived_ns, len(latest))
        if report is not None:
            self.meter.lag_ns = frame.t_ns - report.t_ns
            self._said = report
            self._say(self.door.filter, report)
        elif self._said is not None and (frame.t_ns - self._live_ns) * self.config.publish.live_hz >= 1e9:
            self._say(self.door.live, replace(self._said, t_ns=frame.t_ns, expressions=latest, events=()))

    def _say(self, door: Callable[..., Iterator[Message]], report: Report) -> None:
        """Publish what the privacy room lets through."""
        self._live_ns = report.t_ns
        stage_ms = {name: round(ms, 2) for name, ms in self.vision.stage_ms(0.5).items()}
        for message in door(report, fps=self.meter.fps, stage_ms=stage_ms):
            self.publisher.publish(message)

    def _camera_ended(self, error: str, now_s: float) -> None:
        """Stop after a recording that is over; climb the ladder after a camera that gave up."""
        self._close_camera()
        if not error:
            _log.info("the recording is over")
            self._stop = 0
            return
        _log.error("%s", error)
        if self.ladder.gave_up(now_s) is Step.EXIT:
            self._stop = EXIT_CAMERA

    def _follow_privacy(self) -> None:
        """Make the camera what the privacy state says, then tell it: never before."""
        asked_ns, self._asked_ns = self._asked_ns, None
        state = self.privacy.payload()
        self.muted = state["state"] == "ON"
        if self.muted:
            closed = self._close_camera()
            self.vision.wipe()
            self.door.wipe()
            self._said = None
            if not closed:
                _log.error("muted, but the camera does not close: ending the process closes it")
                self._stop = EXIT_CAMERA
                return
        else:
            self._open_camera()
        self.publisher.publish_privacy(state, since_ns=asked_ns)
        self._show()
        if not self._ready:
            self._ready = True
            self.notifier.ready(self._status())
            if not self.boot.safe:
                LastGood(self.config.service.state_dir).save(self.config)

    def _open_camera(self) -> None:
        """Open the camera unless it is open, or nothing could be done with its pictures."""
        if self.capture is not None or self.vision.engine is None:
            return
        paced = self.config.camera.source in {"video", "stage"}
        self.capture = Capture(lambda: open_camera(self.config.camera), self._wake.set, paced=paced)
        self.capture.start()

    def _close_camera(self) -> bool:
        """Close the camera; False when it hung and was abandoned, perhaps still streaming."""
        capture, self.capture = self.capture, None
        if capture is None:
            return True
        closed = capture.close()
        if not closed:
            _log.error("the camera did not close and was abandoned")
        self.meter.camera_closed(capture)
        return closed

    def _every_second(self, now_s: float) -> None:
        """Deadlines of the privacy state, requests from signals and the button, the light, a lost camera."""
        self.privacy.tick(time.time(), now_s, hub_connected=self.publisher.connected)
        if self._toggle_asked:
            self._toggle_asked = False
            self.privacy.set_local(time.time(), on=not self.privacy.sources()["local"])
        self.vision.retry(asked=self._reload_asked)
        if self._reload_asked:
            self._reload_asked = False
            self._reload()
        if not self.muted and (not self.ladder.degraded or self.ladder.retry_due(now_s)):
            self._open_camera()
        self._show()
        self.notifier.status(self._status())

    def _reload(self) -> None:
        """Validate the file, swap what may be swapped, say what waits for a restart."""
        self.notifier.reloading(time.monotonic_ns() // 1000)
        done = reload_config(self.config, self._config_path)
        self.config = done.config
        self.publisher.reconfigure(self.config.publish)
        self.door.reconfigure(summary_s=self.config.publish.summary_s)
        self.boot = Boot(config=self.config, problems=done.problems)
        for key in done.restart_required:
            _log.warning("configuration: %s changed, restart to apply", key)
        for problem in done.problems:
            _log.error("configuration: %s", problem)
        self.notifier.ready(self._status())

    def _show(self) -> None:
        degraded = self.ladder.degraded or bool(self.vision.degraded)
        self._local.show("muted" if self.muted else "degraded" if degraded else "measuring")

    def _status(self) -> str:
        return status_line(self._snapshot())

    def _snapshot(self) -> Snapshot:
        sources = self.privacy.sources()
        return Snapshot(
            meter=self.meter,
            camera=self.meter.camera(self.capture),
            infer=self.vision.health(),
            stage_ms=(self.vision.stage_ms(0.5), self.vision.stage_ms(0.95)),
            every_n=self.board.governor.every_n,
            problems=tuple(self.boot.problems),
            safe=self.boot.safe,
            muted_by=tuple(name for name, on in sources.items() if on) if self.muted else None,
            camera_lost=self.ladder.degraded,
            models=self.vision.degraded,
            blind=self.vision.engine is None,
            connected=self.publisher.connected,
        )

    def _obey(self, command: Command) -> None:
        """Take a request of the building, on the publisher's thread; durable when this returns."""
        if command.kind == "command":
            self.publisher.respond(command, self._answer(command.body["name"]))
            return
        self._asked_ns = command.received_ns
        if not self.privacy.handle(command, time.time()):
            self._asked_ns = None
        self._wake.set()

    def _answer(self, name: str) -> dict[str, object]:
        if name == "reload":
            self._reload_asked = True
            return {"ok": True}
        return {"ok": False, "error": f"expected the command reload, got {name!r}"}

    def _toggle(self) -> None:
        self._toggle_asked = True
        self._second_s = float("-inf")
        self._wake.set()

    def _listen(self) -> None:
        """SIGTERM and SIGINT stop, SIGHUP reloads."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGHUP, self._on_reload)

    def _on_stop(self, _number: int, _stack: FrameType | None) -> None:
        self._stop = 0
        self._wake.set()

    def _on_reload(self, _number: int, _stack: FrameType | None) -> None:
        self._reload_asked = True
        self._wake.set()

    def _leave(self) -> None:
        self.notifier.stopping("stopping")
        self._close_camera()
        self.publisher.close()
        self._alone.close()
        self.notifier.close()
