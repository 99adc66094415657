"""The rows of the recovery ladder: what is done to a service below its code, and what it must then say.

A row is a generator: up to its `yield` the fault is made, after it the documented state is waited for.
"""

import contextlib
import shutil
import signal
import time

from edge.tflite import manifest

LOADED = ["face_landmark.tflite", "face_detection_full_range_sparse.tflite"]
GOOD_S = 10.0  # a broker that goes sooner is not trusted: the service waits longer and longer for it


def _reopened(fault):
    """Return a row: a fault of the camera, after which the camera is opened again."""

    def inject(m, _k):
        before = m.health()
        m.order(fault(m) if callable(fault) else fault)
        yield
        m.wait(
            "a reopened camera",
            lambda h: (
                (h["boot"] != before["boot"] or h["camera"]["restarts"] > before["camera"]["restarts"])
                and h["camera"]["state"] == "ok"
            ),
        )

    return inject


def _gone(m, _k):
    """Take the camera away for good: the service goes on without it, says so, and finds it again."""
    now_s = time.monotonic()
    (m.folder / "restarts").write_text("".join(f"{now_s - age_s}\n" for age_s in range(5)))
    m.order("away 1000")
    m.wait("mode degraded", lambda h: h["mode"] == "degraded" and h["camera"]["state"] == "closed")
    (m.folder / "away").write_text("0")
    yield


def _broker_dies(m, _k):
    m.rest(GOOD_S, GOOD_S + 2.0)
    reconnects = m.health()["mqtt"]["reconnects"]
    m.hub.signal(signal.SIGKILL)
    m.rest(0.2, 3.0)
    m.hub.start()
    yield
    m.wait("a reconnect", lambda h: h["mqtt"]["reconnects"] > reconnects)


def _disk_full(m, _k):
    """Fill the disk, then kill the broker: results wait in memory, later ones go to the disk again."""
    m.rest(GOOD_S, GOOD_S + 2.0)
    filler = m.state / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4096)
    m.wait("trouble disk", lambda h: "disk" in h["sys"]["troubles"])
    m.hub.signal(signal.SIGKILL)
    m.rest(1.0, 3.0)
    m.hub.start()
    m.wait("the spool in memory", lambda h: h["spool"]["mode"] == "memory" or not h["spool"]["rows"])
    filler.unlink()
    yield
    m.wait("the spool on the disk", lambda h: h["spool"]["mode"] == "disk" and not h["sys"]["troubles"])


def _board(path, bad, trouble):
    """Return a row: the board says something bad, then the old again."""

    def inject(m, _k):
        good = (m.folder / "root" / path).read_text() if (m.folder / "root" / path).exists() else "0"
        m.board(path, bad)
        m.wait(f"trouble {trouble}", lambda h: trouble in h["sys"]["troubles"])
        m.board(path, good)
        yield
        m.wait(f"no trouble {trouble}", lambda h: trouble not in h["sys"]["troubles"])

    return inject


def _hot(m, _k):
    """Heat the board: it drops two of three frames and says so, until it has cooled."""
    zone = "sys/class/thermal/thermal_zone0/temp"
    m.board(zone, "85000")
    m.wait("frames dropped", lambda h: "hot" in h["sys"]["troubles"] and h["infer"]["every_n"] == 3)
    m.board(zone, "50000")
    yield
    m.wait("every frame", lambda h: "hot" not in h["sys"]["troubles"] and h["infer"]["every_n"] == 1)


def _clock(m, _k):
    m.order(f"jump {m.random.choice([-1, 1]) * m.random.uniform(2, 86400):.1f}")
    m.wait("trouble clock_jump", lambda h: "clock_jump" in h["sys"]["troubles"])
    yield
    m.wait("no trouble clock_jump", lambda h: "clock_jump" not in h["sys"]["troubles"])


def _killed(m, _k):
    boot = m.health()["boot"]
    m.process.kill()
    yield
    m.wait("a new process", lambda h: h["boot"] != boot)


def _model(m, k):
    """Damage one model file before a start: it is refused by name with MQTT up; whole again it is taken."""
    folder = m.folder / "models"
    if not folder.exists():
        shutil.copytree(manifest.folder(), folder)
    m.configure(models=f", models: {folder}, variant: float")
    file = folder / "float" / m.random.choice(LOADED)
    whole = file.read_bytes()
    at = m.random.randrange(len(whole))
    file.write_bytes(whole[:at] + (b"" if k % 2 else bytes([whole[at] ^ 1]) + whole[at + 1 :]))
    _stop_service(m)
    m.wait("the refusal", lambda h: h["mode"] == "degraded" and file.name in h["infer"]["degraded"])
    assert m.health()["camera"]["state"] == "closed"
    file.write_bytes(whole)
    m.process.send_signal(signal.SIGHUP)
    yield


def _delegate(m, _k):
    """Let the accelerator die at its work: the CPU takes over within the same call, and health says why."""
    library = m.folder.parent / "halves.so"
    dies = f"delegate_options: {{die_after: {m.random.randrange(3, 60)}}}"
    options = f", accelerator: delegate, delegate: {library}, {dies}"
    m.configure(models=options)
    _stop_service(m)
    m.wait(
        "the CPU",
        lambda h: h["mode"] == "degraded" and h["infer"]["degraded"] and h["camera"]["state"] == "ok",
    )
    m.configure()
    _stop_service(m)
    yield


def _bad(m):
    """Return something no configuration may hold."""
    return m.random.choice(
        [
            "mimicry: {window_s: -1}\n",
            "publish: {hots: x}\n",
            "\tx: 1\n",
            "[",
            "version: 77\n",
            "\0\1\n",
            "camera: [1\n",
        ]
    )


def _bad_boot(m, _k):
    m.configure(_bad(m))
    _stop_service(m)
    m.wait(
        "mode safe",
        lambda h: h["mode"] == "safe" and h["config"]["problems"] and h["camera"]["state"] == "ok",
    )
    m.configure()
    m.process.send_signal(signal.SIGHUP)
    yield


def _bad_reload(m, _k):
    boot = m.health()["boot"]
    m.configure(_bad(m))
    for _ in range(m.random.randrange(1, 4)):
        m.process.send_signal(signal.SIGHUP)
    m.wait("mode safe", lambda h: h["mode"] == "safe" and h["boot"] == boot)
    m.configure()
    m.process.send_signal(signal.SIGHUP)
    yield


def _stop_service(m):
    """Restart, as an operator does."""
    process = m.process
    process.send_signal(signal.SIGTERM)
    process.wait(30)


ROWS = {
    "camera stalls": _reopened("silent"),
    "camera repeats frames": _reopened("repeat"),
    "camera cancels requests": _reopened("cancel"),
    "camera hangs on close": _reopened("close"),
    "camera hangs on open": _reopened("open"),
    "camera changes format": _reopened("format"),
    "camera disappears": _reopened(lambda m: f"away {m.random.randrange(1, 6)}"),
    "camera gone for a minute": _gone,
    "broker dies": _broker_dies,
    "disk full": _disk_full,
    "board too hot": _hot,
    "board throttled": _board("sys/devices/platform/soc/soc:firmware/get_throttled", "0x5", "throttled"),
    "memory pressure": _board("sys/fs/cgroup/unit/memory.current", "790000000", "memory"),
    "clock jumps": _clock,
    "model file corrupt": _model,
    "delegate dies": _delegate,
    "configuration bad at boot": _bad_boot,
    "configuration bad at reload": _bad_reload,
    "killed (kill -9)": _killed,
}
