"""One hour of signals, and the way it goes hour after hour: calibration, engine, door, spool, broker.

An hour holds a meeting of twelve minutes in which four people come, leave, come back under new numbers and
drop out for single frames, while smiles follow one another; then the room is empty but for one visitor.
For a fifth of the hour the hub stands still, so that what is said then goes to the disk.
"""

import dataclasses
import hashlib
import json
import signal
import struct
from pathlib import Path

import numpy as np

from edge.config import Config
from edge.config.sections import PrivacySection
from edge.expression import Expressions
from edge.pipeline.engine import SignalEngine
from edge.privacy import Door
from edge.publish import Publisher
from edge.records import CHANNELS, Message, Report
from tests.publish.broker import Broker, until
from tests.publish.conftest import section
from tests.validate.drive import expression

RATE_HZ = 10
HOUR_FRAMES = 3600 * RATE_HZ
MINUTE_FRAMES = 60 * RATE_HZ
STEP_NS = 10**9 // RATE_HZ
PEOPLE = 4
MEETING_SHARE = 1 / 5
STILL_SHARE = (1 / 10, 3 / 10)
"""From when to when in each hour the hub stands still."""
NEW_NUMBER_FRAMES = 2 * RATE_HZ  # who is away for longer than `faces.keep_s` comes back as somebody else
TOLD = ("event", "summary", "measure")  # the other messages repeat the report with times of day
TIMES = ("t_s", "start_s", "end_s", "id")  # what differs between two hours by nature


def signals(seed: int = 1, frames: int = HOUR_FRAMES) -> np.ndarray:
    """Return one hour of signals [frames, people, channels]; NaN rows where a person is away."""
    draw = np.random.default_rng(seed)
    x = draw.normal(0, 0.1, (frames, PEOPLE, len(CHANNELS)))
    smile = np.convolve(draw.random(frames) < 1 / 120, np.hanning(20), "same")
    for person in range(PEOPLE):
        x[:, person, CHANNELS.index("AU12")] += np.roll(smile, 7 * person)
    meeting = round(frames * MEETING_SHARE)
    x[draw.random((frames, PEOPLE)) < 0.01] = np.nan
    for person in range(1, PEOPLE):
        for start in draw.integers(0, meeting, 3):
            x[start : start + meeting // 12, person] = np.nan
    x[meeting:, 1:] = np.nan
    x[meeting : frames * 2 // 3, 0] = np.nan
    x[frames * 2 // 3 + 30 * RATE_HZ :, 0] = np.nan
    return x


def numbers(x: np.ndarray) -> np.ndarray:
    """Return the number of each person in each frame [frames, people]: a new one after each absence."""
    found, newest = np.zeros(x.shape[:2], int), 0
    for person in range(PEOPLE):
        here = np.flatnonzero(~np.isnan(x[:, person, 0]))
        for stay in np.split(here, np.flatnonzero(np.diff(here) > NEW_NUMBER_FRAMES) + 1):
            newest += 1
            found[stay, person] = newest
    return found


def digest(into: "hashlib._Hash", report: Report, start_ns: int) -> None:
    """Add everything a report says to a hash, its times counted from the hour's start."""
    into.update(struct.pack("<q", report.t_ns - start_ns))
    for coupling in report.couplings:
        into.update(repr((coupling.pair, coupling.channel)).encode())
        into.update(coupling.r.tobytes() + coupling.far_r.tobytes())
    for event in report.events:
        times = [event.onset_ns, event.apex_ns, event.offset_ns]
        into.update(
            repr([event.person, event.channel, event.amplitude, *(t - start_ns for t in times)]).encode()
        )
    for measure in report.measures:
        into.update(repr(dataclasses.replace(measure, t_ns=measure.t_ns - start_ns)).encode())


class Week:
    """Everything behind the landmarks, from calibration to a this hub, for many hours."""

    def __init__(self, folder: Path, hub: Broker, hop_s: float) -> None:
        config = Config()
        config = dataclasses.replace(
            config,
            camera=dataclasses.replace(config.camera, rate_hz=float(RATE_HZ)),
            mimicry=dataclasses.replace(config.mimicry, hop_s=hop_s),
        )
        self._calibrate, self._engine = Expressions(config.expression), SignalEngine(config)
        self._door = Door(PrivacySection(profile="research"), muted=lambda: False, consent=lambda: False)
        self.publisher = Publisher(section(hub.port, health_s=3600), folder, muted=False, profile="research")
        self.publisher.start()
        self._hub = hub
        self.said = self.samples = 0

    def hour(self, x: np.ndarray, who: np.ndarray, start_ns: int) -> str:
        """Feed one hour; return the digest of all reports and messages."""
        into, still = hashlib.sha256(), [round(share * len(x)) for share in STILL_SHARE]
        for index, (row, people) in enumerate(zip(x, who, strict=True)):
            if index == still[0]:
                self._hub.signal(signal.SIGSTOP)
            elif index == still[1]:
                until(lambda: self.publisher.own_health()["spool"]["bytes"])
                self._hub.signal(signal.SIGCONT)
            elif index % MINUTE_FRAMES == 0 and not still[0] < index < still[1]:
                assert self.publisher.drain(60)  # in life the hub has a minute for what a minute says
            t_ns = start_ns + index * STEP_NS
            here = [expression(t_ns, int(n), row[p].copy(), index=index) for p, n in enumerate(people) if n]
            self.samples += len(here)
            report = self._engine.update([self._calibrate.update_raw(one) for one in here], t_ns)
            if report is not None:
                digest(into, report, start_ns)
                for message in self._door.filter(report):
                    self._say(message, into)
        return into.hexdigest()

    def mute(self) -> None:
        """Forget everything, as a mute does."""
        self._calibrate.wipe()
        self._engine.wipe()
        self._door.wipe()

    def _say(self, message: Message, into: "hashlib._Hash") -> None:
        if message.kind in {"event", "summary"}:
            self.said += 1
        if message.kind in TOLD:
            body = {key: value for key, value in message.body.items() if key not in TIMES}
            into.update(json.dumps([message.kind, body], sort_keys=True).encode())
        self.publisher.publish(message)
