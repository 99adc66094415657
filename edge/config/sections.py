"""The configuration as frozen dataclasses, one section a room; the defaults stand here and nowhere else."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSection:
    """Where pictures come from."""

    source: Literal["picamera2", "gstreamer", "video", "stage"] = "picamera2"
    """Which camera."""
    width_px: int = 1280
    """Width of the main image."""
    height_px: int = 720
    """Height of the main image."""
    rate_hz: float = 30.0
    """Nominal frame rate."""
    path: str = ""
    """Video file or stage script, for the sources `video` and `stage`."""
    launch: str = ""
    """GStreamer launch line up to, not including, the appsink."""
    timeout_s: float = 2.0
    """No frame for so long starts the recovery ladder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TfliteSection:
    """Runtime, delegate and model variant."""

    runtime: Literal["auto", "ai-edge-litert", "tflite-runtime"] = "auto"
    accelerator: Literal["cpu", "delegate", "gpu"] = "cpu"
    delegate: str = ""
    """Path of the external delegate for `accelerator: delegate`."""
    delegate_options: dict[str, str] = field(default_factory=dict)
    threads: int = 1
    variant: str = "float"
    """Variant of the face mesh: float, int8-weights, int8, int8-mixed."""
    models: str = ""
    """Folder of the model files; empty: the default of `edge.models`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FacesSection:
    """Detection and tracking."""

    detect_every_n: int = 10
    """Full-frame detection every n-th frame; at once when a track is lost."""
    max_people: int = 6
    min_score: float = 0.5
    min_presence: float = 0.5
    keep_s: float = 2.0
    """A person keeps the number through an occlusion of so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionSection:
    """Landmarks to signals."""

    lowpass_hz: float = 6.0
    max_yaw_deg: float = 30.0
    max_pitch_deg: float = 20.0
    warmup_s: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsSection:
    """Spotting of brief and macro events."""

    half_s: float = 0.16
    threshold_sd: float = 5.0
    refractory_s: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class MimicrySection:
    """The uniform grid and the correlator."""

    rate_hz: float = 10.0
    window_s: float = 7.0
    slow_window_s: float = 30.0
    max_lag_s: float = 2.0
    slow_max_lag_s: float = 5.0
    hop_s: float = 1.0
    horizon_s: float = 600.0
    surrogates: int = 39
    """Far-lag offsets S of null N1."""
    channels: tuple[str, ...] = ("AU12", "AU01", "AU02", "AU25")
    """Channels correlated; the first carries the verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuresSection:
    """Which measures run and how they are judged."""

    enabled: tuple[str, ...] = ()
    """Names; empty: all."""
    alpha: float = 0.05
    fdr_q: float = 0.10
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacySection:
    """What may run, what may be said, to whom."""

    profile: Literal["workplace", "personal", "research"] = "workplace"
    k_people: int = 3
    default_at_boot: Literal["on", "off"] = "off"
    """Privacy (mute) at the first boot; later boots restore the persisted state."""
    on_hub_lost: Literal["keep", "mute"] = "keep"
    require_booking: bool = False
    """Mute unless a booking with consent is in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishSection:
    """The room hub."""

    host: str = ""
    """Broker host; empty: no broker, `run` refuses to start."""
    port: int = 8883
    tls: bool = True
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    username: str = ""
    password_file: str = ""
    topic_prefix: str = ""
    site: str = "site"
    room_id: str = "room"
    device_id: str = ""
    """Empty: from the board's serial."""
    keepalive_s: int = 15
    live_hz: float = 2.0
    summary_s: float = 60.0
    health_s: float = 30.0
    spool_mib: float = 64.0
    spool_days: float = 7.0
    homeassistant: bool = True
    udmi: bool = True
    metrics_port: int = 0
    """Prometheus port on loopback; 0: off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSection:
    """The service around the pipeline."""

    state_dir: str = "/var/lib/mimicry-edge"
    led_pin: int | None = None
    button_pin: int | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole configuration; a room receives its own section only."""

    version: int = 1
    camera: CameraSection = CameraSection()
    tflite: TfliteSection = TfliteSection()
    faces: FacesSection = FacesSection()
    expression: ExpressionSection = ExpressionSection()
    events: EventsSection = EventsSection()
    mimicry: MimicrySection = MimicrySection()
    measures: MeasuresSection = MeasuresSection()
    privacy: PrivacySection = PrivacySection()
    publish: PublishSection = PublishSection()
    service: ServiceSection = ServiceSection()
