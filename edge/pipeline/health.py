"""What the device knows of itself, as the health message and as a status line."""

import time
from collections import Counter, deque
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.pipeline.capture import Capture
from edge.records import Frame
from edge.service import SystemHealth

if TYPE_CHECKING:
    from edge.pipeline.device import Device

KEEP_N = 300  # frames remembered: 10 s at 30 frames a second
STALLED_MS = 2000.0


class Meter:
    """Counters that only grow, and the times of the last frames."""

    def __init__(self) -> None:
        self.turns = self.frames = self.inferences = self.faces = 0
        self._dropped = self._restarts = self.lag_ns = 0
        self._refused = Counter(duplicate=0, late=0, repeated=0)
        self._taken_ns: deque[int] = deque(maxlen=KEEP_N)
        self._delay_ms: deque[float] = deque(maxlen=KEEP_N)

    def saw(self, frame: Frame, now_ns: int, arrived_ns: int, faces: int) -> None:
        """Note one processed frame: sensor time, now, arrival from the camera, faces in it."""
        self.inferences += 1
        self._taken_ns.append(frame.t_ns)
        self._delay_ms.append((now_ns - arrived_ns) / 1e6)
        self._newest_ns = now_ns
        self.faces = faces

    def camera_closed(self, capture: Capture) -> None:
        """Keep the counts of a camera that goes; the times of its frames are of no use to the next."""
        self._dropped += capture.dropped
        self._restarts += capture.restarts
        self._refused.update(capture.refused)
        self._taken_ns.clear()
        self.faces = 0

    @property
    def fps(self) -> float | None:
        """Processed frames a second of sensor time; None before two frames."""
        if len(self._taken_ns) < 2 or self._taken_ns[-1] == self._taken_ns[0]:
            return None
        return (len(self._taken_ns) - 1) * 1e9 / (self._taken_ns[-1] - self._taken_ns[0])

    def camera(self, capture: Capture | None) -> dict[str, Any]:
        """Return the health of the camera."""
        age_ms = (time.monotonic_ns() - self._newest_ns) / 1e6 if self._taken_ns else None
        refused = {} if capture is None else capture.refused
        stalled = capture is not None and (capture.stalled or age_ms is None or age_ms > STALLED_MS)
        return {
            "state": "closed" if capture is None else "stalled" if stalled else "ok",
            "fps": _rounded(self.fps),
            "frame_age_ms": _rounded(age_ms),
            "dropped": self._dropped + (0 if capture is None else capture.dropped),
            "restarts": self._restarts + (0 if capture is None else capture.restarts),
            "refused": {name: count + refused.get(name, 0) for name, count in self._refused.items()},
        }

    @property
    def lag_frames(self) -> int | None:
        """Frames between the grid step of the last report and the frame that completed it."""
        return None if self.fps is None else round(self.lag_ns * self.fps / 1e9)

    def delay_ms(self, q: float) -> float | None:
        """Quantile q of the time from a frame's arrival to its signals, ms."""
        return float(np.quantile(self._delay_ms, q)) if self._delay_ms else None


def mode(device: "Device") -> str:
    """Return run, privacy, degraded or safe: the strongest that holds."""
    if device.boot.safe:
        return "safe"
    if device.muted:
        return "privacy"
    return "degraded" if device.ladder.degraded or device.eyes.degraded else "run"


def health_body(device: "Device", system: SystemHealth) -> dict[str, Any]:
    """Return the pipeline's part of the health message."""
    median, tail = (device.eyes.stage_ms(q) for q in (0.5, 0.95))
    meter = device.meter
    return {
        "mode": mode(device),
        "camera": meter.camera(device.capture),
        "infer": device.eyes.health()
        | {
            "p50_ms": _rounded(median.get("mesh")),
            "p95_ms": _rounded(tail.get("mesh")),
            "faces": meter.faces,
            "every_n": device.board.governor.every_n,
        },
        "correlator": {
            "lag_frames": meter.lag_frames,
            "p50_ms": _rounded(median.get("mimicry")),
            "p95_ms": _rounded(tail.get("mimicry")),
        },
        "e2e_ms": {"p50": _rounded(meter.delay_ms(0.5)), "p95": _rounded(meter.delay_ms(0.95))},
        "sys": {
            "temp_c": _rounded(system.temp_c),
            "throttled": None if system.throttled is None else hex(system.throttled),
            "mem_free_mb": _rounded(system.mem_free_mb),
            "rss_mb": _rounded(system.rss_mb),
            "disk_free_mb": _rounded(system.disk_free_mb),
            "troubles": list(system.troubles),
        },
        "config": {"problems": list(device.boot.problems)},
    }


def status_line(device: "Device") -> str:
    """Return one human line for `systemctl status`."""
    fps, meter = device.meter.fps, device.meter
    hub = "hub connected" if device.publisher.connected else "hub away, keeping results"
    if device.boot.safe:
        return f"safe mode, the configuration is bad: {device.boot.problems[0]}; {hub}"
    if device.muted:
        asked = ", ".join(name for name, on in device.privacy.sources().items() if on)
        return f"muted by {asked}; {hub}"
    if device.ladder.degraded:
        return f"degraded, no camera; {hub}"
    if device.eyes.engine is None:
        return f"degraded, {device.eyes.degraded}; {hub}"
    return f"measuring, {meter.faces} faces at {0.0 if fps is None else fps:.1f} frames a second; {hub}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
