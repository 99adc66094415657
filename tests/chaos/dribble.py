"""Servers that begin an answer and never end it: the device lets go, obeys its button, and comes back."""

import contextlib
import threading
import time

from edge.config import Config
from edge.config.sections import CameraSection, ServiceSection
from edge.pipeline.device import Device
from edge.service import Boot
from tests.publish.broker import Broker, free_port, until
from tests.publish.conftest import make_certificates, section, tls_listener
from tests.publish.dribbler import Dribbler

CAMERA = CameraSection(source="stage", path="firmware_configs/stage/demo.yaml")


def run(folder, *, holds):
    """Let a device meet one of each kind, `holds` times; return the longest of each wait, s."""
    (certificates := folder / "tls").mkdir(parents=True)
    make_certificates(certificates)
    kinds = {
        "websockets": ("protocol websockets", {"transport": "websockets"}),
        "tls": (tls_listener(certificates, "good"), {"tls": True, "ca_file": str(certificates / "ca.pem")}),
        "tcp": ("", {}),
    }
    met = [_met(folder / kind, kind, holds, *how) for kind, how in kinds.items()]
    return {"brokers": len(met)} | {key: round(max(one[key] for one in met), 2) for key in met[0]}


def _met(folder, kind, holds, listener, settings):
    """Press the button while the server dribbles; then let the broker take its place."""
    broker = Broker(folder / "broker", listener=listener, extra=f"listener {free_port()} 127.0.0.1")
    device = _device(folder / "state", section(broker.port, **settings))
    try:
        with _turning(device):
            with Dribbler(kind, broker.port) as server:
                until(lambda: device.meter.frames and server.clients > len(server.held_s))
                begun_s = time.monotonic()
                device.requests.press()
                until(lambda: device.privacy.muted and _closed(device))
                button_s = time.monotonic() - begun_s
                until(lambda: len(server.held_s) >= holds)
            with broker:
                begun_s = time.monotonic()
                until(lambda: device.publisher.connected)
                back_s = time.monotonic() - begun_s
    finally:
        device.close()
    return {"held_s": max(server.held_s), "button_s": button_s, "back_s": back_s}


def _device(state, publish):
    state.mkdir(parents=True)
    config = Config(publish=publish, camera=CAMERA, service=ServiceSection(state_dir=str(state)))
    return Device(Boot(config=config), state / "config.yaml")


@contextlib.contextmanager
def _turning(device):
    """Let the device turn on another thread, as its process would."""
    done = threading.Event()

    def turn():
        while not done.is_set():
            device.turn()
            device.requests.rest(0.05)

    device.publisher.start()
    thread = threading.Thread(target=turn)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _closed(device):
    return all(one.capture is None for one in device.cameras.keepers)
