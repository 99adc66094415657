"""The configuration as frozen dataclasses, one section for each module; the only place of the defaults.

Ranges stand beside the type; `LIVE` marks what a reload applies without a restart. The docstring under a
field becomes its comment in `firmware_configs/default.yaml` (`python -m edge.config` writes that file).
"""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from edge.config._bounds import (
    ABSOLUTE,
    ANY_TEXT,
    CHANNEL,
    DEVICE_FILE,
    DEVICE_OR_EMPTY,
    HOST,
    LIVE,
    PATH,
    SITE_LEVEL,
    TOPIC,
    TOPIC_NAMED,
    WEB,
    WEB_PATH,
    WORD,
    Range,
    Text,
)
from edge.paths import STATE

K_WORKPLACE = 3  # with two people present, the room's value is the pair's value
MEASURES = (
    "brief_event_mirroring",
    "expression_synchrony",
    "slope_concordance",
    "configuration_alignment",
    "response_pull",
    "coupling_loop",
    "rapport_triad",
    "selective_mirroring",
    "low_intensity_response",
    "behavioural_phase_locking",
    "group_phase_coherence",
    "expressivity_calibration",
    "following_asymmetry",
    "response_timeliness",
    "mimicry_index",
)
"""The measures by name, in the order of their table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSection:
    """Where pictures come from."""

    source: Literal["picamera2", "usb", "gstreamer", "video", "stage"] = "picamera2"
    """Which camera."""
    number: Annotated[int, Range(0, 15)] = 0
    """Which of several Pi cameras, as `rpicam-hello --list-cameras` numbers them."""
    device: Annotated[str, DEVICE_FILE] = "/dev/video0"
    """Device of the USB camera, for source `usb`; names below /dev/v4l/by-id stay the same."""
    width_px: Annotated[int, Range(64, 8192)] = 1280
    """Width of the main image."""
    height_px: Annotated[int, Range(64, 8192)] = 720
    """Height of the main image."""
    rotate_deg: Literal[0, 90, 180, 270] = 0
    """Turn pictures clockwise until people stand upright; width and height are those before the turn."""
    flip: Literal["none", "horizontal", "vertical", "both"] = "none"
    """Mirror the upright picture: left and right (horizontal), top and bottom (vertical)."""
    rate_hz: Annotated[float, Range(1, 240)] = 30.0
    """Nominal frame rate."""
    path: Annotated[str, PATH] = ""
    """Video file or stage script, for the sources `video` and `stage`."""
    launch: Annotated[str, ANY_TEXT] = ""
    """GStreamer launch line up to, not including, the appsink."""
    timeout_s: Annotated[float, Range(0.5, 60)] = 2.0
    """Seconds without a frame before camera recovery starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TfliteSection:
    """Runtime, delegate and model variant."""

    runtime: Literal["auto", "ai-edge-litert", "tflite-runtime"] = "auto"
    """Which package runs the models; `auto` takes the first that is installed."""
    accelerator: Literal["cpu", "delegate", "gpu"] = "cpu"
    """Where the models run; an accelerator that fails falls back to the CPU, which `health` reports."""
    delegate: Annotated[str, PATH] = ""
    """Path of the external delegate for `accelerator: delegate`."""
    delegate_options: dict[str, str] = field(default_factory=dict)
    """Options handed to the delegate, text to text."""
    threads: Literal["auto"] | Annotated[int, Range(1, 16)] = "auto"
    """Cores that the models use at the same time; `auto`: all there are, up to 4."""
    variant: Annotated[str, WORD] = "auto"
    """Variant of the models: float, int8-weights, int8, int8-mixed; `auto` runs the choice recorded
    in the models folder (by `models fetch` or `models build --tune`), else float."""
    models: Annotated[str, PATH] = ""
    """Folder of the model files; empty: the service's folder, else the user's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FacesSection:
    """Detection and tracking."""

    detect_every_n: Annotated[int, Range(1, 300)] = 10
    """Look for faces in every n-th frame; also at once when a face is lost."""
    max_people: Annotated[int, Range(1, 16)] = 6
    """How many faces are followed at the same time; the work per frame grows with it."""
    min_score: Annotated[float, Range(0.05, 0.99)] = 0.5
    """Detections below this score are dropped, 0..1."""
    min_presence: Annotated[float, Range(0.05, 0.99)] = 0.5
    """A face is lost when the mesh reports a presence below this, 0..1."""
    keep_s: Annotated[float, Range(0, 30)] = 2.0
    """How long, in seconds, a person may be hidden and still keep their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionSection:
    """Landmarks to signals."""

    lowpass_hz: Annotated[float, Range(1, 30)] = 6.0
    """Cut-off of the low-pass filter, the same for everybody so that no lag is made or lost."""
    max_yaw_deg: Annotated[float, Range(5, 60)] = 60.0
    """Nothing is measurable when the head is turned sideways by more than this; it can only lower the limits
    that each signal has of its own, 30 to 55 degrees."""
    max_pitch_deg: Annotated[float, Range(5, 60)] = 60.0
    """Nothing is measurable when the head is tilted up or down by more than this; it can only lower the
    limits that each signal has of its own, 20 or 30 degrees."""
    warmup_s: Annotated[float, Range(1, 300)] = 20.0
    """How long, in seconds, personal calibration takes after a person appears."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsSection:
    """Spotting of brief and longer movements."""

    half_s: Annotated[float, Range(0.03, 1)] = 0.16
    """Half width of the contrast that spots brief movements."""
    threshold_sd: Annotated[float, Range(2, 50)] = 5.0
    """Smallest contrast of a brief movement, in robust standard deviations of the channel's contrast."""
    refractory_s: Annotated[float, Range(0, 5)] = 0.2
    """Least seconds from a brief (or longer) movement's end to the next one on a person's channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MimicrySection:
    """The uniform grid and the correlator."""

    rate_hz: Annotated[float, Range(5, 60)] = 10.0
    """Rate of the uniform grid that correlator and measures work on, a multiple of 5."""
    window_s: Annotated[float, Range(1, 120)] = 7.0
    """Window of the fast correlation."""
    slow_window_s: Annotated[float, Range(2, 600)] = 30.0
    """Window of the slow correlation."""
    max_lag_s: Annotated[float, Range(0.1, 20)] = 2.0
    """Largest lag of the fast correlation, either way."""
    slow_max_lag_s: Annotated[float, Range(0.1, 60)] = 5.0
    """Largest lag of the slow correlation, either way."""
    hop_s: Annotated[float, Range(0.05, 60)] = 1.0
    """Time between two results."""
    horizon_s: Annotated[float, Range(180, 7200)] = 600.0
    """How far back the measures look."""
    surrogates: Annotated[int, Range(9, 199)] = 39
    """Far-lag offsets S of null N1."""
    channels: tuple[Annotated[str, CHANNEL], ...] = ("AU12", "AU01", "AU02", "AU25")
    """Channels correlated; the first carries the verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuresSection:
    """Which measures run and how they are judged."""

    enabled: tuple[Annotated[str, Text("|".join(MEASURES), f"a measure: {', '.join(MEASURES)}")], ...] = ()
    """Names; empty: all."""
    alpha: Annotated[float, Range(0.0001, 0.5)] = 0.05
    """Level of a single test."""
    fdr_q: Annotated[float, Range(0.0001, 0.5)] = 0.10
    """False-discovery rate of all verdicts above chance; every measure has the same share, whichever run."""
    seed: Annotated[int, Range(0, 2**31 - 1)] = 1
    """Seed of every random draw: the same recording gives the same numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacySection:
    """What may run, what may be published, and to whom."""

    profile: Literal["workplace", "personal", "research"] = "workplace"
    """Workplace: room level only, pairs by consent. Personal: stays on the device. Research: every level, for
    recordings and consenting laboratories."""
    k_people: Annotated[int, Range(1, 16)] = 3
    """At the workplace nothing is published about fewer people than this; less than 3 there means 3."""
    default_at_boot: Literal["on", "off"] = "off"
    """Privacy (mute) at the first boot; later boots restore the persisted state."""
    on_hub_lost: Literal["keep", "mute"] = "keep"
    """What happens to the mute while the room hub is away."""
    on_deaf: Literal["keep", "mute"] = "keep"
    """What happens to the mute while the room hub is there but requests do not arrive."""
    require_booking: bool = False
    """Mute unless a booking with consent is in force."""

    @property
    def k_in_force(self) -> int:
        """Fewest people about whom anything is published at the workplace."""
        return max(K_WORKPLACE, self.k_people)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishSection:
    """The room hub."""

    host: Annotated[str, HOST] = ""
    """Host of the MQTT broker; `run` refuses to start while this is empty."""
    port: Annotated[int, Range(1, 65535)] = 8883
    """Broker port: 8883 with TLS, 1883 without; over WebSockets often 443."""
    tls: bool = True
    """TLS 1.2 or newer with certificate check."""
    transport: Literal["tcp", "websockets"] = "tcp"
    """MQTT as it is, or over WebSockets where the building lets nothing else pass; with TLS that is wss."""
    websocket_path: Annotated[str, WEB_PATH] = "/mqtt"
    """Path of the hub's WebSocket, for `transport: websockets`."""
    ca_file: Annotated[str, PATH] = ""
    """Certificate authority of the hub, PEM; empty: the system's."""
    cert_file: Annotated[str, PATH] = ""
    """Client certificate, PEM."""
    key_file: Annotated[str, PATH] = ""
    """Key of the client certificate, PEM."""
    username: Annotated[str, ANY_TEXT] = ""
    """User at the hub."""
    password_file: Annotated[str, PATH] = ""
    """File with the password; a bare name, empty: `mqtt_password`, is one of systemd's credentials."""
    topic_prefix: Annotated[str, TOPIC] = ""
    """Levels before the site in every topic."""
    site: Annotated[str, SITE_LEVEL] = "site"
    """The building, one topic level."""
    room_id: Annotated[str, SITE_LEVEL] = "room"
    """The room, one topic level."""
    device_id: Annotated[str, DEVICE_OR_EMPTY] = ""
    """Empty: from the board's serial."""
    keepalive_s: Annotated[int, Range(5, 600)] = 15
    """Seconds between two signs of life; a frozen hub is noticed after about twice this time."""
    live_hz: Annotated[float, Range(0.1, 10), LIVE] = 2.0
    """Rate of the live values, which may be dropped."""
    summary_s: Annotated[float, Range(1, 3600), LIVE] = 60.0
    """Time between two summaries."""
    health_s: Annotated[float, Range(1, 3600), LIVE] = 30.0
    """Time between two health messages."""
    spool_mib: Annotated[float, Range(1, 65536)] = 64.0
    """Disk space for what the hub has not yet acknowledged, MiB."""
    spool_days: Annotated[float, Range(0.01, 365)] = 7.0
    """Days after which undelivered results are dropped, counted and reported."""
    keep_h: Annotated[float, Range(0, 8760)] = 0.0
    """Hours for which delivered results are kept in case the hub loses them; 0: none."""
    homeassistant: bool = True
    """Announce the device to Home Assistant."""
    discovery_prefix: Annotated[str, TOPIC_NAMED] = "homeassistant"
    """First levels of the topics on which Home Assistant looks for devices and says that it has started."""
    area: Annotated[str, ANY_TEXT] = ""
    """Home Assistant's area that a new device is put into; empty: none."""
    configuration_url: Annotated[str, WEB] = ""
    """Page that Home Assistant links to from the device; empty: none."""
    udmi: bool = True
    """Publish UDMI 1.5.7 messages beside the device's own topics."""
    metrics_port: Annotated[int, Range(0, 65535)] = 0
    """Prometheus port; 0: off."""
    metrics_host: Annotated[str, HOST] = "127.0.0.1"
    """Address that it is bound to; any but a loopback address needs the certificate below."""
    metrics_cert_file: Annotated[str, PATH] = ""
    """Certificate with which it speaks TLS, PEM; empty: plain HTTP."""
    metrics_key_file: Annotated[str, PATH] = ""
    """Its key, PEM; empty: in the same file."""
    metrics_ca_file: Annotated[str, PATH] = ""
    """Only clients with a certificate of this authority may ask, PEM; empty: anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSection:
    """The service around the pipeline."""

    state_dir: Annotated[str, ABSOLUTE] = STATE
    """The only folder written to."""
    led_pin: Annotated[int, Range(0, 27)] | None = None
    """GPIO number of the light: off = muted, on = measuring, a rhythm for each other state; null: none."""
    button_pin: Annotated[int, Range(0, 27)] | None = None
    """GPIO number of the button that toggles the local mute (to ground, pull-up inside); null: none."""
    log_level: Annotated[Literal["debug", "info", "warning", "error"], LIVE] = "info"
    """Least severe level that is written to the journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole configuration; a module receives its own section only."""

    version: int = 1
    """Version of this file's schema; a file one version newer is read too, its unknown keys ignored."""
    camera: CameraSection = CameraSection()
    cameras: tuple[CameraSection, ...] = ()
    """Several cameras of one meeting, whose views do not overlap: of each, what differs from `camera`."""
    tflite: TfliteSection = TfliteSection()
    faces: FacesSection = FacesSection()
    expression: ExpressionSection = ExpressionSection()
    events: EventsSection = EventsSection()
    mimicry: MimicrySection = MimicrySection()
    measures: MeasuresSection = MeasuresSection()
    privacy: PrivacySection = PrivacySection()
    publish: PublishSection = PublishSection()
    service: ServiceSection = ServiceSection()

    @property
    def views(self) -> tuple[CameraSection, ...]:
        """The cameras of the meeting, one or several."""
        return self.cameras or (self.camera,)
