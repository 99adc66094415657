"""The running device: one loop that captures, measures, obeys the mute, publishes, and shows its progress.

Everything that may block has a thread of its own (camera, spool, MQTT session, heartbeat); the loop waits on
one event and turns at least four times a second, whatever happens.
"""

import logging
import time
from collections.abc import Sequence
from pathlib import Path

from edge.errors import PrivacyError
from edge.pipeline.board import Board
from edge.pipeline.cameras import Cameras
from edge.pipeline.commands import Commands
from edge.pipeline.feed import Feed
from edge.pipeline.health import Snapshot, health_body, status_line
from edge.pipeline.keeper import EXIT_CAMERA
from edge.pipeline.meter import Meter
from edge.pipeline.requests import Requests
from edge.pipeline.vision import Vision
from edge.plain import Json
from edge.privacy import Door, PrivacyState
from edge.publish import Publisher
from edge.records import Command
from edge.service import (
    PROGRESS,
    Alone,
    Boot,
    Heartbeat,
    LastGood,
    Notifier,
    Progress,
    Supervisor,
    local_control,
    reload_config,
    runtime_file,
)

TURN_S = 0.25  # longest rest of the loop
SECOND_S = 1.0  # privacy deadlines, light, status line

_log = logging.getLogger(__name__)


class Device:
    """Built from a boot configuration and the signals that came meanwhile; `run` returns the exit status."""

    def __init__(self, boot: Boot, config_path: Path, asked: Sequence[int] = ()) -> None:
        self.boot, self.config, self._config_path = boot, boot.config, config_path
        service, publish = self.config.service, self.config.publish
        state_dir = Path(service.state_dir)
        self.notifier, self._asked = Notifier(), asked
        self._alone = _hold(state_dir, self.notifier, asked)
        self.requests, self.vision = Requests(), Vision(self.config)
        self.meter = Meter(len(self.config.views))
        self.privacy = PrivacyState(self.config.privacy, state_dir, time.time())
        self.publisher = Publisher(
            publish,
            state_dir,
            muted=self.privacy.muted,
            profile=self.config.privacy.profile,
            on_command=self._obey,
        )
        door = Door(
            self.config.privacy,
            muted=lambda: self.privacy.muted,
            consent=lambda: self.privacy.consent,
            summary_s=publish.summary_s,
        )
        self.feed = Feed(self.vision, door, self.meter, self.publisher.publish, publish.live_hz)
        self.local, unusable = local_control(service.led_pin, service.button_pin, self.requests.press)
        self.cameras = Cameras(self.config.views, self.meter, self.requests.wake, unusable)
        self.muted, self.board = True, Board(state_dir)
        self.commands = Commands(self.requests, time.monotonic(), has_light=service.led_pin is not None)
        self._second_s = self._health_s = float("-inf")
        self._ready, self._condition = False, ""
        self._told: Json = {}

    def run(self) -> int:
        """Turn until a signal or the ladder stops it; leave everything durable behind."""
        supervisor = Supervisor(self.notifier)
        with self.local, Heartbeat(supervisor, self.progress, time.monotonic, runtime_file(PROGRESS)):
            self.requests.listen()
            if self._asked:
                self.requests.stop(0)
            self.publisher.start()
            try:
                while self.requests.status is None:
                    self.turn()
                    self.requests.rest(TURN_S)
            finally:
                self.close()
        return self.requests.status

    def close(self) -> None:
        """Close the camera, leave everything durable, let go of the state folder."""
        self.notifier.stopping("stopping")
        self.cameras.close()
        self.publisher.close()
        self._alone.close()
        self.notifier.close()

    def progress(self) -> Progress:
        """Counters for the supervisor; called from its thread."""
        return Progress(
            loop=self.meter.turns,
            frames=self.meter.frames,
            inferences=self.meter.inferences,
            correlations=self.vision.steps,
            publishes=self.publisher.turns,
            muted=self.muted,
            degraded=self.cameras.lost or self.vision.engine is None,
            deaf=self.publisher.deaf,
            troubles=self.publisher.troubles,
        )

    def turn(self) -> None:
        """One turn: follow the privacy state, take a frame, do what is due."""
        self.meter.turns += 1
        now_s = time.monotonic()
        if self.requests.take_press():
            self._press()
        if self.requests.take_reload():
            self._reload()
        if now_s - self._second_s >= SECOND_S:
            self._second_s = now_s
            self._every_second(now_s)
        self._follow_privacy()
        self._look(now_s)
        if now_s - self._health_s >= self.config.publish.health_s:
            self._health_s = now_s
            self.publisher.publish_health(health_body(self._snapshot(), self.board.tell(now_s)))
        self.board.watch(now_s)

    def _look(self, now_s: float) -> None:
        """Process the newest frame of each camera; end the process if none will come any more."""
        for frame, arrived_ns in self.cameras.take(self.board.governor.every_n):
            self.feed.process(frame, arrived_ns)
        if (status := self.cameras.ended(now_s)) is not None:
            self.requests.stop(status)

    def _follow_privacy(self) -> None:
        """Publish the privacy state when it changed; a mute or its end only after the camera followed."""
        state = self.privacy.payload()
        if state == self._told:
            return
        muted, asked_ns = state["state"] == "ON", self.requests.take_muted_ns()
        if (muted != self.muted or not self._ready) and not self._follow_mute(muted=muted):
            return
        self._told = state
        self.publisher.publish_privacy(state, since_ns=asked_ns)
        self._show()
        if not self._ready:
            self._ready = True
            self.notifier.ready(status_line(self._snapshot()))
            if not self.boot.safe:
                LastGood(self.config.service.state_dir).save(self.config)

    def _follow_mute(self, *, muted: bool) -> bool:
        """Close the camera and overwrite everything, or open it; False when it does not close."""
        self.muted, closed = muted, True
        if muted:
            closed = self.cameras.close()
            self.feed.wipe()
        elif self.vision.engine is not None:
            self.cameras.open()
        if not closed:
            _log.error("muted, but the camera does not close: ending the process closes it")
            self.publisher.withhold()
            self.requests.stop(EXIT_CAMERA)
        return closed

    def _every_second(self, now_s: float) -> None:
        """Deadlines of the privacy state, refused models, a lost camera, the light."""
        hub = self.publisher
        self.privacy.tick(time.time(), now_s, hub_connected=hub.connected, hub_deaf=bool(hub.deaf))
        self.vision.retry(asked=False)
        if not self.muted and self.vision.engine is not None:
            self.cameras.retry(now_s)
        if self._ready:
            self._show()

    def _press(self) -> None:
        """Toggle the local mute; one that cannot be written to the disk is in force all the same."""
        try:
            self.privacy.set_local(time.time(), on=not self.privacy.sources()["local"])
        except PrivacyError as error:
            _log.error("the button: %s", error)

    def _reload(self) -> None:
        """Validate the file, swap what may be swapped, report what waits for a restart."""
        self.notifier.reloading(time.monotonic_ns() // 1000)
        self.vision.retry(asked=True)
        done = reload_config(self.config, self._config_path)
        self.config = done.config
        self.publisher.reconfigure(self.config.publish)
        self.feed.reconfigure(self.config.publish)
        self.boot = Boot(config=self.config, problems=done.problems)
        for key in done.restart_required:
            _log.warning("configuration: %s changed, restart to apply", key)
        for problem in done.problems:
            _log.error("configuration: %s", problem)
        self.notifier.ready(status_line(self._snapshot()))

    def _show(self) -> None:
        now = self._snapshot()
        self.local.show("identify" if self.commands.identifying(time.monotonic()) else now.condition[0])
        self.notifier.status(status_line(now))
        if now.condition[0] != self._condition:
            self._condition = now.condition[0]
            _log.info("%s", now.condition[1] or self._condition)

    def _snapshot(self) -> Snapshot:
        sources = self.privacy.sources()
        return Snapshot(
            meter=self.meter,
            camera=self.cameras.health(),
            infer=self.vision.health(),
            stage_ms=(self.vision.stage_ms(0.5), self.vision.stage_ms(0.95)),
            every_n=self.board.governor.every_n,
            problems=(*self.boot.problems, *self.vision.problems),
            adjusted=self.cameras.problems,
            safe=self.boot.safe,
            muted_by=tuple(name for name, on in sources.items() if on) if self.muted else None,
            camera_lost=self.cameras.degraded,
            blind_cameras=self.cameras.lost,
            models=self.vision.degraded,
            blind=self.vision.engine is None,
            missing=self.vision.missing(),
            lately=self.vision.lately,
            tells=self.feed.tells,
            connected=self.publisher.connected,
            deaf=self.publisher.deaf,
        )

    def _obey(self, command: Command) -> None:
        """Take a request of the building, on the publisher's thread; durable when this returns."""
        if command.kind == "command":
            self.publisher.respond(command, self.commands.obey(command.body["name"], time.monotonic()))
            return
        self.requests.muted_ns = command.received_ns
        if not self.privacy.handle(command, time.time()):
            self.requests.muted_ns = None
        self.requests.wake()


def _hold(state_dir: Path, notifier: Notifier, asked: Sequence[int]) -> Alone:
    """Take the state folder; under a service manager wait for the end of who has it, or of this process."""

    def wait() -> None:
        if asked:
            raise SystemExit(0)
        notifier.waiting()

    return Alone(state_dir, wait if notifier.managed else None)
