"""Our side of the pipeline bench: the whole engine, frame in, signals out, by the peer's protocol."""

import json
import sys
import time
from pathlib import Path

START = time.perf_counter()
SHAPE = (720, 1280, 3)
STEP_NS = 33_333_333


def main() -> None:
    """Answer requests until the input ends."""
    import numpy as np  # noqa: PLC0415 - its import belongs to the start-up time

    from edge.config import Config  # noqa: PLC0415
    from edge.pipeline.engine import Engine  # noqa: PLC0415
    from edge.records import Frame  # noqa: PLC0415

    for line in sys.stdin:
        request = json.loads(line)
        frames = np.fromfile(request["path"], np.uint8).reshape(-1, *SHAPE)
        engine = Engine(Config(), seed=1)
        times, found, spent = [], [], time.process_time()
        for i in range(request["repeat"] * len(frames)):
            frame = Frame(t_ns=i * STEP_NS, index=i, image=frames[i % len(frames)])
            before = time.perf_counter()
            engine.update(frame)
            times.append(1e3 * (time.perf_counter() - before))
            found.append(len(engine.signals.latest))
            if i == 0:
                first_s = time.perf_counter() - START
        cpu_ms = 1e3 * (time.process_time() - spent) / len(times)
        status = Path("/proc/self/status").read_text(encoding="ascii")
        rss_mb = int(status.split("VmRSS:")[1].split()[0]) / 1024 - frames.nbytes / 2**20
        answer = {
            "ms": times,
            "found": found,
            "cpu_ms": cpu_ms,
            "rss_mb": rss_mb,
            "start_s": first_s,
            "stage_ms": engine.watch.quantile_ms(0.5),
        }
        print(json.dumps(answer), flush=True)  # noqa: T201 - the answer of a worker


if __name__ == "__main__":
    main()
