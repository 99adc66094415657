"""The peer's side of the pipeline bench: MediaPipe's FaceMesh, run by the interpreter of its own environment.

Reads one JSON request a line (`path`, `faces`, `repeat`), answers one JSON line; the frames are raw RGB.
Nothing of ours is importable here, so the few lines shared with the other side stand twice.
"""

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

SHAPE = (720, 1280, 3)


def main() -> None:
    """Answer requests until the input ends."""
    module = importlib.import_module("mediapipe.python.solutions.face_mesh")
    answers = sys.stdout
    for line in sys.stdin:
        request = json.loads(line)
        mesh = module.FaceMesh(max_num_faces=request["faces"], refine_landmarks=False)
        answer = _run(mesh, request["path"], request["repeat"])
        answer["rss_mb"] = int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 1024
        mesh.close()
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _run(mesh: Any, path: str, repeat: int) -> dict[str, Any]:  # noqa: ANN401 - not our types
    np = importlib.import_module("numpy")
    times: list[float] = []
    found: list[int] = []
    cpu_s = first_s = 0.0
    image = np.zeros(SHAPE, np.uint8)
    for _ in range(repeat):
        with Path(path).open("rb", buffering=0) as stream:
            while stream.readinto(image.data):
                spent, before = time.process_time(), time.perf_counter()
                result = mesh.process(image)
                times.append(1e3 * (time.perf_counter() - before))
                cpu_s += time.process_time() - spent
                first_s = first_s or age_s()
                found.append(len(result.multi_face_landmarks or ()))
    return {"ms": times, "found": found, "start_s": first_s, "cpu_ms": 1e3 * cpu_s / len(times)}


def age_s() -> float:
    """Return how long this process has lived."""
    started = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started / 100


if __name__ == "__main__":
    main()
