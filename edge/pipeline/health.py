"""What the device knows of itself, as the health message and as a status line."""

from collections.abc import Mapping
from dataclasses import dataclass

from edge.missing import missing_words
from edge.pipeline.lately import Lately
from edge.pipeline.meter import Meter, rounded
from edge.plain import Json
from edge.service import SystemHealth
from edge.words import Condition

BEHAVIOUR = frozenset({"turned", "down"})
"""Reasons of missing time that say what people do; the others say what the camera sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The parts of a running device at one moment, as far as its health message describes them."""

    meter: Meter
    camera: Json
    """Health of the camera."""
    infer: Json
    """What runs where."""
    stage_ms: tuple[Mapping[str, float], Mapping[str, float]]
    """Median and 95th percentile of every stage of a frame, ms."""
    every_n: int
    """Frames to a processed one."""
    problems: tuple[str, ...]
    """What is wrong with the configuration, or looks wrong in the pictures; in safe mode at least one."""
    adjusted: tuple[str, ...]
    """What the cameras do otherwise than configured."""
    safe: bool
    muted_by: tuple[str, ...] | None
    """The sources of the mute in force; None while measuring."""
    camera_lost: bool
    """Whether the recovery ladder has given a camera up for now."""
    blind_cameras: bool
    """Whether it has given up every camera."""
    models: str
    """Why there is no engine, or why a model runs on the CPU; empty when all is well."""
    blind: bool
    """Whether there is no engine."""
    missing: Mapping[str, float]
    """Shares of everybody's time that were not measurable lately, by reason."""
    lately: Lately
    """What the last pictures showed."""
    tells: bool
    """Whether enough people are there to say what they do; otherwise only what the camera sees is said."""
    connected: bool
    """Whether the broker is there."""
    deaf: str
    """Why requests of the building do not arrive although the broker is there; empty when they do."""

    @property
    def mode(self) -> str:
        """Return run, privacy, degraded or safe: the strongest that holds."""
        if self.safe:
            return "safe"
        if self.muted_by is not None:
            return "privacy"
        return "degraded" if self.camera_lost or self.models or self.deaf else "run"

    def told(self, missing: Mapping[str, float]) -> dict[str, float]:
        """Return the shares of missing time that may be published."""
        return {name: share for name, share in missing.items() if self.tells or name not in BEHAVIOUR}

    @property
    def condition(self) -> tuple[Condition, str]:
        """Return what the device is doing, as the light shows it, and why; the gravest that holds."""
        stalled = self.camera["state"] == "stalled"
        camera = "no pictures from the camera" if stalled else ""
        camera = "a camera is lost" if self.camera_lost else camera
        camera = "no camera" if self.blind_cameras else camera
        problem = self.problems[0] if self.problems else ""
        reasons = missing_words(self.told(self.lately.missing()))
        unseen = f"nothing measurable: {reasons}" if reasons else "nothing measurable"
        found: tuple[tuple[bool, Condition, str], ...] = (
            (self.muted_by is not None, "muted", f"muted by {', '.join(self.muted_by or ())}"),
            (self.safe, "safe", f"safe mode, the configuration is bad: {problem}"),
            (bool(camera or self.models), "degraded", f"degraded, {camera or self.models}"),
            (bool(self.deaf) and self.connected, "deaf", f"deaf, {self.deaf}"),
            (not self.connected, "hub_away", "the hub is away, results are kept"),
            (bool(problem), "unmeasurable", f"nothing measurable: {problem}"),
            (not self.lately.seen, "nobody", "nobody seen"),
            (not self.lately.measurable, "unmeasurable", unseen),
        )
        return next(((word, why) for holds, word, why in found if holds), ("measuring", ""))


def health_body(now: Snapshot, system: SystemHealth) -> Json:
    """Return the pipeline's part of the health message."""
    median, tail = now.stage_ms
    condition, why = now.condition
    return {
        "mode": now.mode,
        "condition": condition,
        "why": why,
        "camera": dict(now.camera),
        "infer": dict(now.infer)
        | {
            "p50_ms": rounded(median.get("mesh")),
            "p95_ms": rounded(tail.get("mesh")),
            "faces": now.meter.faces,
            "every_n": now.every_n,
        },
        "missing": {reason: round(share, 3) for reason, share in now.told(now.missing).items()},
        "correlator": {
            "lag_frames": now.meter.lag_frames,
            "p50_ms": rounded(median.get("mimicry")),
            "p95_ms": rounded(tail.get("mimicry")),
        },
        "e2e_ms": {"p50": rounded(now.meter.delay_ms(0.5)), "p95": rounded(now.meter.delay_ms(0.95))},
        "sys": {
            "temp_c": rounded(system.temp_c),
            "throttled": None if system.throttled is None else hex(system.throttled),
            "mem_free_mb": rounded(system.mem_free_mb),
            "rss_mb": rounded(system.rss_mb),
            "disk_free_mb": rounded(system.disk_free_mb),
            "troubles": list(system.troubles),
        },
        "config": {"problems": [*now.problems, *now.adjusted]},
    }


def status_line(now: Snapshot) -> str:
    """Return one human line for `systemctl status`."""
    hub = f"deaf, {now.deaf}" if now.deaf else "hub connected"
    hub = hub if now.connected else "hub away, keeping results"
    condition, why = now.condition
    if condition in {"muted", "safe", "degraded"}:
        return f"{why}; {hub}"
    fps = 0.0 if now.meter.fps is None else now.meter.fps
    faces = f"measuring, {now.meter.faces} faces"
    seen = faces if now.lately.measurable and condition != "unmeasurable" else why
    seen = seen if now.lately.seen else "nobody seen"
    return f"{seen} at {fps:.1f} frames a second; {hub}"
