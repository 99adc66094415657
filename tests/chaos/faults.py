"""A network that goes, a disk that fills, a clock that jumps, a backlog of days."""

import contextlib
import json
import os
import shutil
import subprocess
import threading
import time
from pathlib import Path

from edge.publish import Publisher
from edge.publish.delivery.pace import Pace
from tests.chaos.kills import compared
from tests.publish.broker import Broker, Listener, until
from tests.publish.conftest import section

DISK_ROWS = 1_500
BODY = {"profile": "workplace", "type": "update", "t_s": 0.0}


def _say(publisher, numbers):
    for number in numbers:
        publisher.publish_event(BODY | {"id": f"{number:08d}"})
        if number % 64 == 63:
            until(lambda: publisher.queued < 512)


def _heard(hub, expected):
    """Compare what was heard with what was said."""
    ids = [json.loads(message.payload)["id"] for message in hub.on("mimicry/event")]
    return compared(ids, expected)


def _finish(publisher, hub, expected, timeout_s=120):
    assert publisher.drain(timeout_s)
    publisher.close()
    until(lambda: [m for m in hub.on("/availability") if m.payload == b"stopped"])
    return _heard(hub, expected)


def network_cut(folder, *, seconds, count=200):
    """Put the broker behind a link between namespaces and take the link down; needs root."""
    if os.getuid() or not shutil.which("ip"):
        return {"skipped": "needs root and ip"}
    name = f"mq{os.getpid() % 10000}"
    try:
        for line in (
            f"netns add {name}",
            f"link add {name}a type veth peer name {name}b",
            f"link set {name}b netns {name}",
            f"addr add 10.199.77.1/30 dev {name}a",
            f"link set {name}a up",
            f"-n {name} addr add 10.199.77.2/30 dev {name}b",
            f"-n {name} link set {name}b up",
            f"-n {name} link set lo up",
        ):
            subprocess.run(["ip", *line.split()], check=True, capture_output=True)
    except subprocess.CalledProcessError as error:
        subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
        return {"skipped": error.stderr.decode().strip()}
    with contextlib.ExitStack() as stack:
        stack.callback(subprocess.run, ["ip", "netns", "del", name], check=False)
        return _cut(stack, folder, name, seconds, count)


def _cut(stack, folder, name, seconds, count):
    broker = Broker(folder / "broker", extra="listener 21999 10.199.77.1\n")
    stack.enter_context(broker)
    hub = stack.enter_context(Listener(broker.port, "#", client_id="hub"))
    device = subprocess.Popen(["ip", "netns", "exec", name, "python3", "-c", "import time; time.sleep(1e6)"])
    stack.callback(device.wait)
    stack.callback(device.kill)
    handle = os.open(f"/var/run/netns/{name}", os.O_RDONLY)
    done, figures = threading.Event(), {}

    def inside():
        """Live in the device's namespace, as its threads do."""
        _enter(handle)
        publisher = Publisher(
            section(21999, host="10.199.77.1", keepalive_s=5), folder / "state", muted=False
        )
        publisher.start()
        until(lambda: publisher.connected)
        subprocess.run(["ip", "link", "set", f"{name}b", "down"], check=True)
        rest, end_s = threading.Event(), time.monotonic() + seconds
        for number in range(count):
            _say(publisher, [number])
            rest.wait(max(0.0, (end_s - time.monotonic()) / (count - number)))
        subprocess.run(["ip", "link", "set", f"{name}b", "up"], check=True)
        figures.update(_finish(publisher, hub, count, timeout_s=200))
        done.set()

    thread = threading.Thread(target=inside, daemon=True)
    thread.start()
    thread.join(seconds + 300)
    os.close(handle)
    assert done.is_set()
    return figures | {"seconds": seconds}


def _enter(handle):
    """Enter a network namespace with this thread and those it starts: setns(2)."""
    import ctypes  # noqa: PLC0415

    if ctypes.CDLL(None, use_errno=True).setns(handle, 0x40000000):
        raise OSError(ctypes.get_errno(), "setns")


def disk_full(folder):
    """Fill the disk while the broker is away, make room, let the broker come."""
    mount = folder / "small"
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(mount)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        return {"skipped": "needs root"}
    try:
        broker = Broker(folder / "broker")
        publisher = Publisher(section(broker.port, udmi=False), mount / "state", muted=False)
        publisher.start()
        (mount / "filler").write_bytes(b"x" * 1_700_000)
        _say(publisher, range(DISK_ROWS))
        until(lambda: publisher.own_health()["spool"]["mode"] == "memory" and publisher.queued == 0)
        (mount / "filler").unlink()
        with broker, Listener(broker.port, "#") as hub:
            dropped = publisher.own_health()["spool"]["dropped"]
            return _finish(publisher, hub, DISK_ROWS - dropped) | {"dropped_and_counted": dropped}
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=True)


class JumpyClock:
    """A wall clock that is set forward and back by a day."""

    def __init__(self):
        self.jump_ns = 0

    def wall_ns(self):
        """Return UTC as the clock believes it."""
        return time.time_ns() + self.jump_ns

    def mono_ns(self):
        """Return monotonic time."""
        return time.monotonic_ns()

    def synced(self):
        """Return that the clock believes itself."""
        return True


def clock_jumps(folder):
    """Say results under a clock that jumps, with a spool that keeps half a day."""
    clock, broker = JumpyClock(), Broker(folder / "broker")
    publisher = Publisher(
        section(broker.port, udmi=False, spool_days=0.5),
        folder / "state",
        muted=False,
        clock=clock,
        pace=Pace(tidy_s=0.0),
    )
    publisher.start()
    for jump, days in enumerate((0, 1, -1, 0)):
        clock.jump_ns = days * 86_400_000_000_000
        _say(publisher, range(100 * jump, 100 * jump + 100))
        until(lambda jump=jump: publisher.own_health()["spool"]["rows"] == 100 * (jump + 1))
        turns = publisher.turns
        until(lambda turns=turns: publisher.turns > turns + 1)  # the spool was tidied under this clock
    with broker, Listener(broker.port, "#") as hub:
        return _finish(publisher, hub, 400)


def backlog(folder, *, rows):
    """Drain days of outage to a subscriber with Mosquitto's default queue."""
    broker = Broker(folder / "broker")
    publisher = Publisher(section(broker.port, udmi=False), folder / "state", muted=False)
    publisher.start()
    _say(publisher, range(rows))
    until(lambda: publisher.own_health()["spool"]["rows"] == rows)
    with broker, Listener(broker.port, "#") as hub:
        until(lambda: publisher.connected)
        start_s = time.monotonic()
        assert publisher.drain(rows / 50 + 30)
        rate = rows / (time.monotonic() - start_s)
        until(lambda: len(hub.on("mimicry/event")) >= rows)
        figures = _heard(hub, rows)
        publisher.close()
    log = Path(broker.folder, "log").read_text()
    return figures | {"per_second": round(rate, 1), "broker_dropped": log.count("dropped")}
