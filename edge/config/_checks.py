"""What no single field can promise: settings that must fit one another."""

from collections.abc import Iterator

from edge.config.sections import CameraSection, Config, MimicrySection
from edge.records import CHANNELS

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
CAMERAS_N = 8  # more than any board connects
GRID_HZ = 5.0  # phases and coupling loop are read at this rate
MAX_OFFSET_N = 65_536  # grid samples to the farthest lag of the correlator, half the horizon
MAX_KEPT_N = 40_000  # grid samples that the service has memory for: 225 MB for 16 people

Conflict = tuple[str, str, object]
"""Key path, what was expected, what the file holds."""


def conflicts(config: Config) -> Iterator[Conflict]:
    """Yield every pair of settings that cannot hold together."""
    yield from _camera(config)
    yield from _mimicry(config)
    yield from _publish(config)
    yield from _people(config)


def no_hub(config: Config) -> Iterator[Conflict]:
    """Yield what it takes to publish."""
    if not config.publish.host:
        yield "publish.host", "the address of the room hub", "nothing"


def not_runnable(config: Config) -> Iterator[Conflict]:
    """Yield what the service needs and a recording does not: the room hub, channels of its own, memory."""
    yield from no_hub(config)
    own = config.mimicry
    if unknown := [name for name in own.channels if name not in CHANNELS]:
        yield "mimicry.channels", f"channels of {', '.join(CHANNELS)}", ", ".join(unknown)
    yield from _horizon(own, MAX_KEPT_N)


def _camera(config: Config) -> Iterator[Conflict]:
    tflite = config.tflite
    if len(config.cameras) > CAMERAS_N:
        yield "cameras", f"at most {CAMERAS_N} cameras", len(config.cameras)
    for k, camera in enumerate(config.views):
        yield from _one_camera(f"cameras[{k}]" if config.cameras else "camera", camera, config)
    devices = [one.device for one in config.cameras if one.source == "usb"]
    if len(set(devices)) < len(devices):
        yield "cameras", "another device for each USB camera", ", ".join(devices)
    numbers = [one.number for one in config.cameras if one.source == "picamera2"]
    if len(set(numbers)) < len(numbers):
        yield "cameras", "another number for each Pi camera", ", ".join(map(str, numbers))
    if tflite.accelerator == "delegate" and not tflite.delegate:
        yield "tflite.delegate", "the path of the library for accelerator: delegate", "nothing"


def _one_camera(key: str, camera: CameraSection, config: Config) -> Iterator[Conflict]:
    """Yield what one camera lacks, or what does not fit its rate."""
    if camera.source == "video" and not camera.path:
        yield f"{key}.path", "the file of the recording for source: video", "nothing"
    if camera.source == "gstreamer" and not camera.launch.strip():
        yield f"{key}.launch", "the launch line of the camera for source: gstreamer", "nothing"
    if config.mimicry.rate_hz > camera.rate_hz:
        yield "mimicry.rate_hz", f"at most {key}.rate_hz = {camera.rate_hz:g}", config.mimicry.rate_hz
    if config.expression.lowpass_hz > camera.rate_hz / 2:
        most = f"at most half of {key}.rate_hz = {camera.rate_hz:g}"
        yield "expression.lowpass_hz", most, config.expression.lowpass_hz


def _mimicry(config: Config) -> Iterator[Conflict]:
    own = config.mimicry
    if own.rate_hz % GRID_HZ:
        yield "mimicry.rate_hz", f"a multiple of {GRID_HZ:g}", own.rate_hz
    if round(own.max_lag_s * own.rate_hz) >= round(own.window_s * own.rate_hz):
        yield "mimicry.max_lag_s", f"less than mimicry.window_s = {own.window_s:g}", own.max_lag_s
    if own.slow_max_lag_s > own.slow_window_s:
        yield (
            "mimicry.slow_max_lag_s",
            f"at most mimicry.slow_window_s = {own.slow_window_s:g}",
            own.slow_max_lag_s,
        )
    if own.slow_window_s < own.window_s:
        yield "mimicry.slow_window_s", f"at least mimicry.window_s = {own.window_s:g}", own.slow_window_s
    if own.hop_s > own.window_s:
        yield "mimicry.hop_s", f"at most mimicry.window_s = {own.window_s:g}", own.hop_s
    yield from _horizon(own, 2 * MAX_OFFSET_N)
    if own.horizon_s < own.slow_window_s:
        yield "mimicry.horizon_s", f"at least mimicry.slow_window_s = {own.slow_window_s:g}", own.horizon_s
    if not own.channels or len(set(own.channels)) < len(own.channels):
        yield "mimicry.channels", "at least one channel, each once", list(own.channels)


def _horizon(own: MimicrySection, most_n: int) -> Iterator[Conflict]:
    """Yield a horizon of more grid samples than that."""
    if own.horizon_s * own.rate_hz > most_n:
        longest = f"at most {most_n / own.rate_hz:g} at mimicry.rate_hz = {own.rate_hz:g}"
        yield "mimicry.horizon_s", longest, own.horizon_s


def _publish(config: Config) -> Iterator[Conflict]:
    own = config.publish
    if bool(own.cert_file) != bool(own.key_file):
        missing = "publish.key_file" if own.cert_file else "publish.cert_file"
        yield missing, "cert_file and key_file together", "only one of them"
    if own.metrics_host not in LOOPBACK and not own.metrics_cert_file:
        yield "publish.metrics_cert_file", f"a certificate for {own.metrics_host}", "nothing"


def _people(config: Config) -> Iterator[Conflict]:
    most = config.faces.max_people * len(config.views)
    if config.privacy.profile == "workplace" and config.privacy.k_in_force > most:
        each = " for each camera" if config.cameras else ""
        expected = f"at most faces.max_people = {config.faces.max_people}{each}"
        yield "privacy.k_people", expected, config.privacy.k_in_force
    service = config.service
    if service.led_pin is not None and service.led_pin == service.button_pin:
        yield "service.button_pin", "another pin than service.led_pin", service.button_pin
