"""Steps of the real boot about the running service: what it measures, and what it survives."""

import json
import time
from pathlib import Path

from tests.soak.container import UNIT, Container, until
from tests.soak.package import CONFIG, MOSQUITTO, VIDEO

CONFIG_FILE = "/etc/mimicry-edge/config.yaml"
MEETING = "/etc/mimicry-edge/meeting.yaml"
WATCHDOG_BAR_S = 25.0
SCENE = json.dumps(
    {
        "size_px": [640, 360],
        "rate_hz": 15,
        "seconds": 20,
        "seed": 7,
        "people": [
            {"portrait": "astronaut", "variant": "plain", "position": [0.3, 0.45], "canthus_px": 60},
            {"portrait": "hopper", "variant": "plain", "position": [0.7, 0.45], "canthus_px": 60},
        ],
        "behaviour": {"own": [{"channels": ["AU12"], "per_minute": 5}], "mimicry": []},
    }
)


def reaches_ready(box: Container) -> str:
    """With a hub and a recording it is READY, measures and publishes."""
    box.write("/etc/mosquitto/conf.d/test.conf", MOSQUITTO)
    box.run("systemctl", "restart", "mosquitto")
    box.write(CONFIG_FILE, CONFIG)
    begun = time.monotonic()
    box.run("systemctl", "enable", "--now", UNIT)
    ready_s = time.monotonic() - begun
    health = box.measuring()
    box.hear("mimicry/summary")
    return f"READY after {ready_s:.1f} s, {health['camera']['fps']:.0f} frames a second, summary received"


def believes_time_daemon(box: Container) -> str:
    """Say in health that the clock is set, which the sandbox lets only the time daemon's flag tell."""
    before = box.measuring()["clock"]
    box.run("install", "-D", "/dev/null", "/run/systemd/timesync/synchronized")
    until(lambda: box.measuring()["clock"] == "synced", 30)
    return f"{before}, then synced"


def other_source(box: Container) -> str:
    """Take the stage, rendered on the device, for the camera."""
    box.write(MEETING, SCENE.replace('"seconds": 20', '"seconds": 3000'))
    stage = CONFIG.replace("source: video", "source: stage").replace(VIDEO, MEETING)
    box.write(CONFIG_FILE, stage)
    box.run("systemctl", "restart", UNIT)
    health = box.measuring()
    box.write(CONFIG_FILE, CONFIG)
    box.run("systemctl", "restart", UNIT)
    box.measuring()
    return f"stage at {health['camera']['fps']:.0f} frames a second, and back"


def survives_kill(box: Container) -> str:
    """After kill -9 the service measures again."""
    seconds = _signalled(box, "KILL", 30)
    return f"READY again after {seconds:.1f} s"


def survives_stop(box: Container) -> str:
    """Freeze the process: the watchdog finds it and restarts it within 25 s."""
    seconds = _signalled(box, "STOP", 40)
    assert "Watchdog timeout" in box.log()
    assert seconds <= WATCHDOG_BAR_S, seconds
    return f"watchdog, READY again after {seconds:.1f} s"


def _signalled(box: Container, name: str, limit_s: float) -> float:
    """Send the main process a signal; return the seconds to the next READY, and see it measure."""
    before, begun = int(box.show("NRestarts")), time.monotonic()
    box.run("systemctl", "kill", "-s", name, "--kill-whom=main", UNIT)
    until(lambda: int(box.show("NRestarts")) > before and box.show("ActiveState") == "active", limit_s)
    seconds = time.monotonic() - begun
    box.measuring()
    return seconds


def survives_broker_down(box: Container) -> str:
    """Half a minute without the hub: no restart, and the health comes again afterwards."""
    before = box.show("NRestarts")
    box.run("systemctl", "stop", "mosquitto")
    time.sleep(30)
    assert (box.show("ActiveState"), box.show("NRestarts")) == ("active", before)
    box.run("systemctl", "start", "mosquitto")
    begun = time.monotonic()
    box.hear("health", seconds=60)
    return f"no restart in 30 s, publishing again {time.monotonic() - begun:.1f} s after the hub"


def bad_configuration(box: Container) -> str:
    """Start with a bad file: the last good one in force, MQTT up, mode safe, the errors told."""
    box.write(CONFIG_FILE, CONFIG + "mimicry: {window_s: -1}\n")
    box.run("systemctl", "restart", UNIT)
    health = until(lambda: (h := json.loads(box.hear("health")))["mode"] == "safe" and h, 30)
    assert "window_s: expected a number 1..120, got -1" in box.log()
    box.write(CONFIG_FILE, CONFIG)
    box.run("systemctl", "restart", UNIT)
    box.measuring()
    return f"mode {health['mode']}, back to run with the corrected file"


def reload(box: Container) -> str:
    """Reload: what may be swapped is, the service stays READY; a bad file changes nothing."""
    pid = box.show("MainPID")
    box.write(CONFIG_FILE, CONFIG + "service: {log_level: debug}\n")
    box.run("systemctl", "reload", UNIT)
    box.write(CONFIG_FILE, "publish: {hots: x}\n")
    box.run("systemctl", "reload", UNIT)
    until(lambda: "publish.hots: expected a known key (did you mean 'host'?)" in box.log(), 20)
    assert box.show("MainPID") == pid
    box.write(CONFIG_FILE, CONFIG)
    box.run("systemctl", "reload", UNIT)
    box.measuring()
    return "same process, the bad file named and ignored"


def mute_survives_reboot(box: Container) -> str:
    """Muted over MQTT, rebooted: the service is READY by itself and still muted, until unmuted."""
    box.tell("privacy/set", {"on": True, "by": "test"})
    until(lambda: json.loads(box.hear("privacy/state", retained=True))["state"] == "ON", 20)
    box.halt()
    seconds = box.boot()
    until(lambda: box.show("ActiveState") == "active", 40)
    assert json.loads(box.hear("health"))["mode"] == "privacy"
    assert json.loads(box.hear("privacy/state", retained=True))["state"] == "ON"
    box.tell("privacy/set", {"on": False, "by": "test"})
    box.measuring()
    return f"booted in {seconds:.1f} s, still muted, measures after the unmute"


def read_only_root(box: Container) -> str:
    """Everything read-only but a fresh state folder: the service is READY and measures."""
    box.halt()
    box.boot(read_only=True)
    until(lambda: box.show("ActiveState") == "active", 40)
    for folder in ("/etc/mimicry-edge", "/opt/mimicry-edge", "/var/lib"):
        assert "Read-only file system" in box.run("touch", f"{folder}/x", check=False)
    box.measuring()
    state = ", ".join(sorted(Path(name).name for name in box.run("ls", "/var/lib/mimicry-edge").split()))
    box.halt()
    box.boot()
    box.measuring()
    return f"/, /etc and /var/lib refused; measuring; state holds {state}"
