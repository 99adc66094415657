"""Our side of the pipeline bench: the whole engine, one frame at a time, by the peer's protocol.

Reads one JSON request a line (`path`, `faces`, `repeat`), answers one JSON line; the frames are raw RGB.
Frame in, signals out is timed against the peer; events, mimicry and measures run in between, timed apart.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

SHAPE = (720, 1280, 3)
STEP_NS = 33_333_333


def main() -> None:
    """Answer requests until the input ends."""
    from edge.config import Config  # noqa: PLC0415 - its import belongs to the start-up time
    from edge.pipeline.engine import Engine  # noqa: PLC0415

    for line in sys.stdin:
        request = json.loads(line)
        engine = Engine(Config(), seed=1)
        answer = _run(engine, request["path"], request["repeat"])
        answer["rss_mb"] = int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 1024
        answer["stage_ms"] = engine.watch.quantile_ms(0.5)
        print(json.dumps(answer), flush=True)  # noqa: T201 - the answer of a worker


def _run(engine: Any, path: str, repeat: int) -> dict[str, Any]:  # noqa: ANN401 - imported in main
    import numpy as np  # noqa: PLC0415

    from edge.records import Frame  # noqa: PLC0415

    times: list[float] = []
    found: list[int] = []
    cpu_s = first_s = 0.0
    image = np.zeros(SHAPE, np.uint8)
    for _ in range(repeat):
        with Path(path).open("rb", buffering=0) as stream:
            while stream.readinto(image.data):
                frame = Frame(t_ns=len(times) * STEP_NS, index=len(times), image=image)
                spent, before = time.process_time(), time.perf_counter()
                expressions = engine.sight.see(frame)[1]
                times.append(1e3 * (time.perf_counter() - before))
                cpu_s += time.process_time() - spent
                first_s = first_s or age_s()
                found.append(len(expressions))
                engine.signals.update(expressions, frame.t_ns)
    return {"ms": times, "found": found, "start_s": first_s, "cpu_ms": 1e3 * cpu_s / len(times)}


def age_s() -> float:
    """Return how long this process has lived."""
    started = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started / 100


if __name__ == "__main__":
    main()
