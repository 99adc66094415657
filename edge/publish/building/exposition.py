"""Health as Prometheus text (format 0.0.4): a table of what the health message holds, and its rendering.

Base units, counters end in `_total`, words are state-sets: a sample for each word, 1 for the one that holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from edge.plain import Json
from edge.words import Condition

Labels = tuple[tuple[str, str], ...]
MODES = ("run", "privacy", "degraded", "safe")
_MS, _MB = 1e-3, 1e6


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: where its value is in the message, and what it means."""

    name: str
    path: str
    help: str
    scale: float = 1.0
    label: str = ""
    """What tells its samples apart, where the message has an object or words."""
    words: tuple[str, ...] = ()
    """The words of a state-set."""

    @property
    def kind(self) -> str:
        """Prometheus' type."""
        return "counter" if self.name.endswith("_total") else "gauge"


FAMILIES = (
    Family("uptime_seconds", "uptime_s", "Time since the service started"),
    Family("mode", "mode", "What the service does", label="mode", words=MODES),
    Family("condition", "condition", "What the light shows", label="condition", words=get_args(Condition)),
    Family("clock", "clock", "Whether the wall clock is set", label="clock", words=("synced", "unsynced")),
    Family("camera_state", "camera.state", "Camera", label="state", words=("ok", "stalled", "closed")),
    Family("camera_frames_per_second", "camera.fps", "Processed frames a second of the sensor's time"),
    Family("camera_frame_age_seconds", "camera.frame_age_ms", "Age of the newest frame", _MS),
    Family("camera_dropped_frames_total", "camera.dropped", "Frames that the camera lost"),
    Family("camera_restarts_total", "camera.restarts", "Times that the camera was opened again"),
    Family("camera_refused_frames_total", "camera.refused", "Frames that were not used", label="reason"),
    Family("infer_faces", "infer.faces", "Faces in the newest frame"),
    Family("infer_frame_step", "infer.every_n", "Frames to a processed one; more than 1 on a hot board"),
    Family("infer_median_seconds", "infer.p50_ms", "Time of the mesh of a frame, median", _MS),
    Family("infer_p95_seconds", "infer.p95_ms", "Time of the mesh of a frame, 95th percentile", _MS),
    Family("missing_ratio", "missing", "Share of everybody's time not measurable", label="reason"),
    Family("correlator_median_seconds", "correlator.p50_ms", "Time of coupling, median", _MS),
    Family("correlator_p95_seconds", "correlator.p95_ms", "Time of coupling, 95th percentile", _MS),
    Family("delay_median_seconds", "e2e_ms.p50", "From a frame to its signals, median", _MS),
    Family("delay_p95_seconds", "e2e_ms.p95", "From a frame to its signals, 95th percentile", _MS),
    Family("mqtt_connected", "mqtt.connected", "Whether the hub is there"),
    Family("mqtt_deaf", "mqtt.deaf", "Whether requests do not arrive although the hub is there"),
    Family("mqtt_reconnects_total", "mqtt.reconnects", "Connections after the first"),
    Family("mqtt_replaced_clients_total", "mqtt.rebuilt", "Connections given up because nothing came back"),
    Family("mqtt_in_flight", "mqtt.inflight", "Messages that the hub has not acknowledged yet"),
    Family("mqtt_acknowledged_total", "mqtt.acked", "Results that the hub took"),
    Family("mqtt_unmatched_total", "mqtt.nosub", "Results that nobody had subscribed"),
    Family("mqtt_refused_total", "mqtt.refused", "Messages that the hub refused"),
    Family("mqtt_requests_refused_total", "mqtt.requests_refused", "Requests acknowledged without effect"),
    Family("mqtt_live_sent_total", "mqtt.live_sent", "Live values sent"),
    Family("mqtt_live_dropped_total", "mqtt.live_dropped", "Live values dropped"),
    Family("mqtt_troubles", "mqtt.troubles", "Things that the hub keeps from the device or refuses it"),
    Family("spool_rows", "spool.rows", "Results waiting"),
    Family("spool_bytes", "spool.bytes", "Bytes of them on the disk"),
    Family("spool_oldest_seconds", "spool.oldest_s", "Age of the oldest"),
    Family("spool_dropped_total", "spool.dropped", "Results dropped for want of room or because of age"),
    Family("spool_mode", "spool.mode", "Where results wait", label="mode", words=("disk", "memory")),
    Family("temperature_celsius", "sys.temp_c", "Hottest part of the board"),
    Family("memory_free_bytes", "sys.mem_free_mb", "Memory that can be had without swapping", _MB),
    Family("memory_resident_bytes", "sys.rss_mb", "Memory of the service", _MB),
    Family("disk_free_bytes", "sys.disk_free_mb", "Free space where the state is kept", _MB),
    Family(
        "board_trouble",
        "sys.troubles",
        "Trouble of the board",
        label="trouble",
        words=("hot", "throttled", "memory", "disk", "clock_jump"),
    ),
    Family("config_problems", "config.problems", "Problems of the configuration"),
)


def exposition(health: Json, labels: Labels = ()) -> str:
    """Return the message as text; what is null or not there has no sample."""
    if not health:
        return ""
    info = (*labels, ("version", str(health.get("software"))), ("profile", str(health.get("profile"))))
    head = "# HELP mimicry_info Device and software.\n# TYPE mimicry_info gauge\n"
    lines = [head, f"mimicry_info{_braces(info)} 1\n"]
    for family in FAMILIES:
        samples = list(_samples(family, _at(health, family.path)))
        if samples:
            name = f"mimicry_{family.name}"
            lines.append(f"# HELP {name} {family.help}.\n# TYPE {name} {family.kind}\n")
            lines += [f"{name}{_braces(labels + more)} {value:.12g}\n" for more, value in samples]
    return "".join(lines)


def _samples(family: Family, value: object) -> Iterator[tuple[Labels, float]]:
    if family.words:
        held = value if isinstance(value, list) else [value]
        if value is not None:
            yield from ((((family.label, word),), float(word in held)) for word in family.words)
    elif isinstance(value, dict):
        yield from (
            (((family.label, key),), float(one) * family.scale)
            for key, one in value.items()
            if one is not None
        )
    elif isinstance(value, list):
        yield (), float(len(value))
    elif isinstance(value, bool | int | float):
        yield (), float(value) * family.scale


def _at(health: Json, path: str) -> object:
    value: object = health
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _braces(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}" if labels else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
