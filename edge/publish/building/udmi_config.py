"""UDMI 1.5.7 configuration: what the building wants, with hard, soft and no errors.

A hard error (no JSON, no version, no timestamp) keeps the previous configuration and its timestamp. A soft
error in a block keeps that block, advances the timestamp and is reported. Unknown fields mean nothing.
"""

import re
from dataclasses import dataclass, field, replace

from edge.errors import PublishError
from edge.plain import Json
from edge.publish.building.inbound import parse_object, utc_s

WRITABLE = "privacy_mode"
_MAX_RATE_S = 86_400.0
_MAX_POINTS = 64
_ETAG_MAX = 32
_LEVELS = range(801)
_POINT = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One `set_value` of the writable point."""

    value: object
    expiry_s: float | None = None
    """UTC when it reverts; None: never."""
    etag: str = ""
    """State the writer had seen; empty: any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UdmiConfig:
    """What the building asked for last."""

    timestamp: str = "1970-01-01T00:00:00.000Z"
    """The configuration's own timestamp, the state's `last_config`; 1970: none came yet."""
    min_loglevel: int = 300
    metrics_rate_s: float = 600.0
    sample_rate_s: float = 300.0
    sample_limit_s: float = 1.0
    increments: dict[str, float] = field(default_factory=dict)
    """Change of value that is told at once, by point."""
    wishes: dict[str, Wish] = field(default_factory=dict)
    """Requested values by point, writable or not."""
    faults: dict[str, str] = field(default_factory=dict)
    """Soft errors by block."""


@dataclass(frozen=True, slots=True)
class Configured:
    """The building sent a configuration."""

    config: UdmiConfig
    value_state: str
    """UDMI's word for what became of the wish for the mute, empty without a wish."""
    wanted: bool | None
    """The mute that is under way; None: none."""


@dataclass(frozen=True, slots=True)
class Misconfigured:
    """The building sent a configuration with a hard error."""

    reason: str


def parse_config(payload: bytes, before: UdmiConfig) -> UdmiConfig:
    """Return the new configuration; PublishError is a hard error."""
    body = parse_object(payload)
    if not isinstance(body.get("version"), str | int):
        raise PublishError("expected text, got nothing usable at version")
    utc_s(body.get("timestamp"), "timestamp")
    config = replace(before, timestamp=body["timestamp"], wishes={}, faults={})
    for block, parse in (("system", _system), ("pointset", _pointset)):
        content = body.get(block)
        if content is None:
            continue
        try:
            config = parse(_object(content, block), config)
        except PublishError as error:
            config = replace(config, faults=config.faults | {block: str(error)})
    return config


def _system(block: Json, config: UdmiConfig) -> UdmiConfig:
    level = block.get("min_loglevel", config.min_loglevel)
    if type(level) is not int or level not in _LEVELS:
        raise PublishError("expected an integer 0..800 at system.min_loglevel")
    return replace(
        config, min_loglevel=level, metrics_rate_s=_seconds(block, "metrics_rate_sec", config.metrics_rate_s)
    )


def _pointset(block: Json, config: UdmiConfig) -> UdmiConfig:
    points = block.get("points", {})
    if not isinstance(points, dict) or len(points) > _MAX_POINTS:
        raise PublishError(f"expected an object of at most {_MAX_POINTS} points at pointset.points")
    etag = block.get("state_etag", "")
    if not isinstance(etag, str) or len(etag) > _ETAG_MAX:
        raise PublishError(f"expected text of at most {_ETAG_MAX} characters at pointset.state_etag")
    expiry = block.get("set_value_expiry")
    expiry_s = None if expiry is None else utc_s(expiry, "pointset.set_value_expiry")
    if expiry_s is not None and expiry_s <= utc_s(config.timestamp, "timestamp"):
        raise PublishError("expected a time after the timestamp at pointset.set_value_expiry")
    increments, wishes = {}, {}
    for name, point in points.items():
        _object(point, "pointset.points")
        if not _POINT.fullmatch(name):
            raise PublishError("expected names of lower-case words at pointset.points")
        if "cov_increment" in point:
            increments[name] = _number(point["cov_increment"], "cov_increment", 0.0, 1e9)
        if "set_value" in point:
            wishes[name] = Wish(value=point["set_value"], expiry_s=expiry_s, etag=etag)
    return replace(
        config,
        sample_rate_s=_seconds(block, "sample_rate_sec", config.sample_rate_s),
        sample_limit_s=_seconds(block, "sample_limit_sec", config.sample_limit_s),
        increments=increments,
        wishes=wishes,
    )


def _object(content: object, where: str) -> Json:
    if not isinstance(content, dict):
        raise PublishError(f"expected an object, got {type(content).__name__} at {where}")
    return content


def _seconds(block: Json, name: str, default: float) -> float:
    return _number(block[name], name, 1.0, _MAX_RATE_S) if name in block else default


def _number(value: object, name: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise PublishError(f"expected a number {low:g}..{high:g} at {name}")
    return float(value)
