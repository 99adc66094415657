"""What is in force where a setting leaves it open, or the device cannot take it as it is written."""

from collections.abc import Iterator

from edge.config import Config
from edge.publish import this_device
from edge.publish.secret import SYSTEMD_CREDENTIAL
from edge.tflite import manifest
from edge.tflite.choice import AUTO, resolve
from edge.tflite.runtime import cores


def in_force(config: Config) -> dict[str, str]:
    """Return a note for every such setting, by its key path."""
    return {key: f"in force: {text}" for key, text in _found(config)}


def _found(config: Config) -> Iterator[tuple[str, str]]:
    yield from _names(config)
    yield from _privacy(config)
    yield from _models(config)
    own = config.mimicry
    hop_s = max(1, round(own.hop_s * own.rate_hz)) / own.rate_hz
    if hop_s != own.hop_s:
        yield "mimicry.hop_s", f"{hop_s:g}, a whole number of samples at rate_hz {own.rate_hz:g}"
    if not config.measures.enabled:
        yield "measures.enabled", "all"


def _names(config: Config) -> Iterator[tuple[str, str]]:
    own = config.publish
    if not own.device_id:
        yield "publish.device_id", f"{this_device().device_id}, from the serial of board or system"
    if own.username and not own.password_file:
        yield "publish.password_file", f"{SYSTEMD_CREDENTIAL}, a credential of the unit"
    if own.tls and not own.ca_file:
        yield "publish.ca_file", "the authorities of the system"
    if own.transport == "tcp":
        yield "publish.websocket_path", "none, transport is tcp"


def _privacy(config: Config) -> Iterator[tuple[str, str]]:
    own = config.privacy
    if own.profile != "workplace":
        yield "privacy.k_people", f"no least number, the profile is {own.profile}"
    elif own.k_in_force != own.k_people:
        why = "with two people present the room's value is the pair's"
        yield "privacy.k_people", f"{own.k_in_force}, the least at the workplace: {why}"


def _models(config: Config) -> Iterator[tuple[str, str]]:
    own = config.tflite
    if not own.models:
        yield "tflite.models", str(manifest.folder(own))
    if own.variant == AUTO:
        yield "tflite.variant", resolve(own)
    if own.threads == "auto":
        yield "tflite.threads", str(cores(own))
