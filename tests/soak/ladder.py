"""Every row of the recovery ladder at random moments: `python -m tests.soak.ladder [--full] [ROW...]`.

Each row has a service of its own (a real process under a service manager with a watchdog, a real Mosquitto, a
real spool), in which the fault is put below the code: in the camera library, the board's files, the broker,
the disk, the clock, the model file, the delegate, the configuration. Every fifth time a mute is asked for in
the middle. A row fails unless the service recovers (or says the documented state) every time, pings its
watchdog, loses nothing committed and says nothing while muted.
"""

import concurrent.futures
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.soak.faults import ROWS
from tests.soak.manager import WATCHDOG_S, Manager
from tests.soak.puppet import clip

TIMES, FULL_TIMES = 5, 50
AT_ONCE = 6
MUTED_EVERY = 5
SHARES = dict.fromkeys(("camera gone for a minute", "broker dies", "disk full"), 10)
"""Rows that mostly wait go on in this many services at once."""
SEED = 2026
HEAD = f"{'fault':28} times  median s  longest s  ping gap s  hung  lost  mutes  said muted"
ROOT = Path(__file__).parents[2]


def run(folder: Path, name: str, times: int, *, timeout_s: float = 2.0, at: int = 0) -> dict[str, object]:
    """Inject one row this often; return its figures. Raises AssertionError with journal and health."""
    folder.mkdir(parents=True)
    with (
        Place(folder, name) as state,
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


class Place:
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


def _shared(pool, folder: Path, name: str, times: int, at: int) -> list[concurrent.futures.Future]:
    """Begin one row, in as many services as it has shares."""
    n = min(times, SHARES.get(name, 1))
    return [
        pool.submit(run, folder / f"{name.replace(' ', '-')}-{k}", name, times // n, at=100 * k + at)
        for k in range(n)
    ]


def _sum(parts: list[dict]) -> dict:
    """Return the figures of a row from those of its shares."""
    longest = {key: max(part[key] for part in parts) for key in ("median_s", "longest_s", "gap_s")}
    return longest | {key: sum(part[key] for part in parts) for key in parts[0] if key not in longest}


def main() -> int:
    """Print the table."""
    full, words = "--full" in sys.argv, [word for word in sys.argv[1:] if word != "--full"]
    times = FULL_TIMES if full else TIMES
    names = [name for name in ROWS if not words or any(word in name for word in words)]
    if os.getuid():
        names.remove("disk full")  # needs a file system of its own
    failed = False
    print(f"seed {SEED}; each fault {times} times at random moments")
    print(HEAD)
    with (
        tempfile.TemporaryDirectory() as folder,
        concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool,
        concurrent.futures.ThreadPoolExecutor(sum(SHARES.values())) as idle,
    ):
        build_delegate(Path(folder))
        clip(Path(folder))
        jobs = {
            name: _shared(idle if name in SHARES else pool, Path(folder), name, times, k)
            for k, name in enumerate(names)
        }
        for name, parts in jobs.items():
            try:
                f = _sum([part.result() for part in parts])
            except Exception as error:  # one row does not hide the others
                print(f"{name:28} FAIL {error}", flush=True)
                failed = True
                continue
            bad = f["lost"] or f["said_muted"] or f["hung"] or f["gap_s"] > WATCHDOG_S
            failed |= bool(bad)
            print(
                f"{name:28} {f['times']:5} {f['median_s']:9} {f['longest_s']:10} {f['gap_s']:11} "
                f"{f['hung']:5} {f['lost']:5} {f['mutes']:6} {f['said_muted']:11}{'  FAIL' if bad else ''}",
                flush=True,
            )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
