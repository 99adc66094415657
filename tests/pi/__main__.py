"""Checks of the adapter on the real library: `python -m tests.pi [CHECK...]`, made ready by `stand.sh`."""

import inspect
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import coverage

from tests.pi import films
from tests.pi.checks import CHECKS

ADAPTER = str(Path(__file__).parents[2] / "edge/camera/pi.py")
COVERED = 90.0  # percent of the adapter's lines
SERVICE_S = 60.0
EVENTS_N = 5  # movements of the face that are found in that time; the script has many more
CONFIG = """camera: {source: picamera2, width_px: 640, height_px: 480, rate_hz: 15}
privacy: {profile: research}
"""


def service() -> tuple[str, bool]:
    """Measure the face of somebody before the camera with the service; SIGTERM ends it."""
    films.play(films.person(30.0, 15.0))
    path = films.FOLDER / "config.yaml"
    path.write_text(CONFIG)
    command = [sys.executable, "-m", "edge", "run", "--config", str(path), "--out", "lines"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        time.sleep(SERVICE_S)
        running.terminate()
        said = [json.loads(line) for line in running.communicate(timeout=60)[0].splitlines()]
    kinds = [one.get("type") for one in said]
    counts = {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}
    fine = running.returncode == 0 and counts.get("event", 0) >= EVENTS_N and counts.get("measure", 0) > 0
    return f"exit {running.returncode}, {counts.get('event', 0)} movements of the face", fine


def judged(check: Callable[[], tuple[str, bool]]) -> bool:
    """Run one check; print its row."""
    aim = (inspect.getdoc(check) or "").splitlines()[0]
    try:
        figure, fine = check()
    except Exception as error:  # one check that breaks is a NO, and hides no other
        figure, fine = f"{type(error).__name__}: {error}", False
    print(f"| {aim} | {figure} | {'yes' if fine else 'NO'} |", flush=True)
    return fine


def main(names: Sequence[str]) -> int:
    """Print the table; return 1 when anything is not as it must be."""
    print("| must hold | found | |\n| --- | --- | --- |")
    seen = coverage.Coverage(data_file=None, include=[ADAPTER])
    seen.start()
    chosen = [one for one in (*CHECKS, service) if not names or one.__name__ in names]
    fine = [judged(one) for one in chosen]
    seen.stop()
    if not names:
        share = seen.report(file=io.StringIO())
        rest = seen.analysis2(ADAPTER)[-1]
        fine_too = "yes" if share >= COVERED else "NO"
        print(f"| Lines of the adapter that ran | {share:.0f} %, all but {rest} | {fine_too} |")
        fine.append(share >= COVERED)
    return int(not all(fine))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
