"""Every row of the recovery ladder at random moments: `python -m tests.soak.faults [TIMES [ROW...]]`, a table.

Each row has a service of its own (a real process under a service manager with a watchdog, a real Mosquitto, a
real spool), in which the fault is put below the code: in the camera library, the board's files, the broker,
the disk, the clock, the model file, the delegate, the configuration. Every fifth time a mute is asked for in
the middle. A row fails unless the service recovers (or says the documented state) every time, pings its
watchdog, loses nothing committed and says nothing while muted.
"""

import concurrent.futures
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from edge.tflite import store
from tests.publish.broker import until
from tests.soak.manager import WATCHDOG_S, Manager
from tests.soak.puppet import clip

TIMES = 50
AT_ONCE = 6
MUTED_EVERY = 5
SEED = 2026
ROOT = Path(__file__).parents[2]


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
    """The camera is away for good: without it the service goes on, says so, and finds it again."""
    now_s = time.monotonic()
    (m.folder / "restarts").write_text("".join(f"{now_s - age_s}\n" for age_s in range(5)))
    m.order("away 1000")
    m.wait("mode degraded", lambda h: h["mode"] == "degraded" and h["camera"]["state"] == "closed")
    (m.folder / "away").write_text("0")
    yield


def _broker_dies(m, _k):
    reconnects = m.health()["mqtt"]["reconnects"]
    m.hub.signal(signal.SIGKILL)
    m.rest(0.2, 3.0)
    m.hub.start()
    yield
    m.wait("a reconnect", lambda h: h["mqtt"]["reconnects"] > reconnects)


def _disk_full(m, _k):
    """The disk fills, the broker goes: results wait in memory, and go to the disk again when there is room."""
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
    """One byte of one model file is wrong at the start: refused with its name, whole again: it starts."""
    folder = m.folder / "models"
    if not folder.exists():
        shutil.copytree(store.folder(), folder)
    m.configure(models=f", models: {folder}")
    file = m.random.choice(
        sorted(folder.glob("float/face_*.tflite"))[:2] + [folder / "float/face_landmark.tflite"]
    )
    whole = file.read_bytes()
    at = m.random.randrange(len(whole))
    file.write_bytes(whole[:at] + (b"" if k % 2 else bytes([whole[at] ^ 1]) + whole[at + 1 :]))
    starts = m.starts
    _stop_service(m)
    until(lambda: m.starts >= starts + 2 and m.process.poll() is not None, 60)
    told = m.log()
    file.write_bytes(whole)
    assert file.name in told, told
    assert "Traceback" not in told, told
    yield


def _delegate(m, _k):
    """The accelerator dies in the middle of its work: the CPU within the same call, and health says why."""
    library = m.folder.parent / "halves.so"
    options = f", accelerator: delegate, delegate: {library}, delegate_options: {{die_after: {m.random.randrange(3, 60)}}}"
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
    "board too hot": _board("sys/class/thermal/thermal_zone0/temp", "85000", "hot"),
    "board throttled": _board("sys/devices/platform/soc/soc:firmware/get_throttled", "0x5", "throttled"),
    "memory pressure": _board("sys/fs/cgroup/unit/memory.current", "790000000", "memory"),
    "clock jumps": _clock,
    "model file corrupt": _model,
    "delegate dies": _delegate,
    "configuration bad at boot": _bad_boot,
    "configuration bad at reload": _bad_reload,
    "killed (kill -9)": _killed,
}


def run(folder: Path, name: str, times: int, *, timeout_s: float = 2.0, at: int = 0) -> dict[str, object]:
    """Inject one row so often; return its figures. Raises AssertionError with journal and health."""
    folder.mkdir(parents=True)
    with (
        _place(folder, name) as state,
        Manager(folder, seed=SEED + at, timeout_s=timeout_s, state=state) as m,
    ):
        m.healthy()
        took_s, mutes = [], 0
        for k in range(times):
            m.rest(0.0, 2.0)
            begun_s, muted = time.monotonic(), k % MUTED_EVERY == MUTED_EVERY - 1
            fault = ROWS[name](m, k)
            next(fault)
            if muted:
                m.mute(on=True)
                m.wait("mode privacy", lambda h: h["mode"] == "privacy" and h["camera"]["state"] == "closed")
                m.rest(0.0, 2.0)
                assert '"ON"' in m.last("privacy/state"), m.log()
                m.mute(on=False)
                mutes += 1
            else:
                next(fault, None)
            m.healthy()
            took_s.append(time.monotonic() - begun_s)
        took_s.sort()
        figures = {
            "times": times,
            "median_s": round(took_s[times // 2], 1),
            "longest_s": round(took_s[-1], 1),
        }
        return figures | {"mutes": mutes} | m.finish()


class _place:
    """The state folder of a row; a small file system of its own where the disk is to fill."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / "small" if name == "disk full" else folder / "state"

    def __enter__(self) -> Path:
        self.path.mkdir()
        if self.path.name == "small":
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(self.path)], check=True)
        return self.path

    def __exit__(self, *_) -> None:
        if self.path.name == "small":
            subprocess.run(["umount", "-l", str(self.path)], check=True)


def build_delegate(folder: Path) -> None:
    """Compile the real external delegate that dies when told."""
    source = ROOT / "tests/vision/delegate.c"
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", folder / "halves.so", source], check=True)


def main() -> int:
    """Print the table."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else TIMES
    names = [name for name in ROWS if not sys.argv[2:] or any(word in name for word in sys.argv[2:])]
    if os.getuid():
        names.remove("disk full")  # needs a file system of its own
    failed = False
    print(f"seed {SEED}; each fault {times} times at random moments")
    print(
        f"{'fault':28} {'ok':>7} {'median s':>9} {'longest s':>10} {'ping gap s':>11} {'lost':>5} {'mutes':>6}  said muted"
    )
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        build_delegate(Path(folder))
        clip(Path(folder))
        jobs = {
            name: pool.submit(run, Path(folder) / name.replace(" ", "-"), name, times, at=k)
            for k, name in enumerate(names)
        }
        for name, job in jobs.items():
            try:
                f = job.result()
            except Exception as error:  # noqa: BLE001 - one row does not hide the others
                print(f"{name:28} FAIL {error}", flush=True)
                failed = True
                continue
            bad = f["lost"] or f["said_muted"] or f["hung"] or f["gap_s"] > WATCHDOG_S
            failed |= bool(bad)
            print(
                f"{name:28} {f['times']:4}{'   ' if not bad else ' !!'} {f['median_s']:9} {f['longest_s']:10} "
                f"{f['gap_s']:11} {f['lost']:5} {f['mutes']:6}  {f['said_muted']}",
                flush=True,
            )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
