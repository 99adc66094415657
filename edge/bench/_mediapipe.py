"""The peer's side of the pipeline bench: MediaPipe's FaceMesh, run by the interpreter of its own environment.

Reads one JSON request a line (`path`, `faces`, `repeat`), answers one JSON line; the frames are raw RGB.
"""

import importlib
import json
import sys
import time
from pathlib import Path

SHAPE = (720, 1280, 3)


def main() -> None:
    """Answer requests until the input ends."""
    start = time.perf_counter()
    np = importlib.import_module("numpy")
    mesh_module = importlib.import_module("mediapipe.python.solutions.face_mesh")
    answers = sys.stdout
    for line in sys.stdin:
        request = json.loads(line)
        frames = np.fromfile(request["path"], np.uint8).reshape(-1, *SHAPE)
        mesh = mesh_module.FaceMesh(max_num_faces=request["faces"], refine_landmarks=False)
        times, found, spent = [], [], time.process_time()
        for _ in range(request["repeat"]):
            for frame in frames:
                before = time.perf_counter()
                result = mesh.process(frame)
                times.append(1e3 * (time.perf_counter() - before))
                found.append(len(result.multi_face_landmarks or ()))
                if len(times) == 1:
                    first_s = time.perf_counter() - start
        mesh.close()
        cpu_ms = 1e3 * (time.process_time() - spent) / len(times)
        status = Path("/proc/self/status").read_text(encoding="ascii")
        rss_mb = int(status.split("VmRSS:")[1].split()[0]) / 1024 - frames.nbytes / 2**20
        answer = {"ms": times, "found": found, "cpu_ms": cpu_ms, "rss_mb": rss_mb, "start_s": first_s}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
