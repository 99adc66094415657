"""Frames a second, frame in to signals out, against MediaPipe's FaceMesh on the same frames in one run."""

import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Any, Self

import numpy as np

from edge.errors import ModelError
from tests.bench import mediapipe_worker, peer
from tests.bench.scene import CELLS, compose

_log = logging.getLogger(__name__)

PEER = "mediapipe==0.10.21"
ROUNDS = 3  # alternations of the two
REPEAT = 3  # passes over the frames in a round; the first pass of each round is warm-up

Answer = dict[str, Any]


def run(
    faces_n: Iterable[int] = tuple(CELLS), *, rounds: int = ROUNDS, beside: str | None = PEER
) -> dict[str, Any]:
    """Measure these numbers of faces beside a peer; return one entry each, memory and start-up time.

    Both are told how many faces there are, and need not look for more; ours is measured by its defaults too.
    """
    with tempfile.TemporaryDirectory(prefix="mimicry-edge-bench-") as scratch:
        scenes = {n: Path(scratch) / f"{n}.rgb" for n in faces_n}
        for n, path in scenes.items():
            compose(n, path)
        peer_command = [] if beside is None else _peer_command(beside)
        with _Worker([sys.executable, "-m", "tests.bench.our_worker"]) as ours, _Worker(peer_command) as peer:
            measured = {n: _alternate(n, path, (ours, peer), rounds) for n, path in scenes.items()}
    ours, peers, default = (
        [answer for answers in measured.values() for answer in answers[side]] for side in range(3)
    )
    return {
        **{str(n): _entry(*answers) for n, answers in measured.items()},
        "rss_mb": max(answer["rss_mb"] for answer in (*ours, *default)),
        "start_s": ours[0]["start_s"],
        "peer": beside if peer_command else None,
        "peer_rss_mb": max((answer["rss_mb"] for answer in peers), default=None),
    }


class _Worker:
    """One long-lived process of one peer; without a command it answers nothing."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.communicate()

    def ask(self, faces_n: int, path: Path, *, told: bool) -> Answer | None:
        """Run one round, having told how many faces there are or not; return its times."""
        if not self._command:
            return None
        if self._process is None:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = {"path": str(path), "faces": faces_n, "repeat": REPEAT, "told": told}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise ModelError(f"expected an answer of the bench worker, got none at {faces_n} faces")
        answer: Answer = json.loads(line)
        return answer


def _peer_command(package: str) -> list[str]:
    """Return how to start the peer; empty where it cannot be installed (no wheel for this Python)."""
    try:
        return [str(peer.interpreter(package)), mediapipe_worker.__file__]
    except ModelError as exc:
        _log.warning("bench pipeline without a peer: %s", exc)
        return []


def _alternate(
    faces_n: int, path: Path, workers: tuple[_Worker, _Worker], rounds: int
) -> tuple[list[Answer], list[Answer], list[Answer]]:
    """Return the answers of ours, of the peer, and of ours by its defaults."""
    ours, peer = workers
    answers: tuple[list[Answer], list[Answer], list[Answer]] = ([], [], [])
    for _ in range(rounds):
        for worker, told, got in zip((ours, peer, ours), (True, True, False), answers, strict=True):
            answer = worker.ask(faces_n, path, told=told)
            if answer is not None:
                got.append(answer)
    return answers


def _entry(ours: list[Answer], peer: list[Answer], default: list[Answer]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "fps": median(map(_fps, ours)),
        "fps_over_mediapipe": None,
        "found": median(median(_warm(a["found"])) for a in ours),
        "stage_ms": {name: median(a["stage_ms"][name] for a in ours) for name in ours[0]["stage_ms"]},
        "cpu_ms": median(a["cpu_ms"] for a in ours),
        "p99_ms": median(map(_p99_ms, ours)),
        "fps_default": median(map(_fps, default)),
        "p99_ms_default": median(map(_p99_ms, default)),
    }
    if peer:
        entry["fps_mediapipe"] = median(map(_fps, peer))
        entry["found_mediapipe"] = median(median(_warm(a["found"])) for a in peer)
        entry["fps_over_mediapipe"] = _ratio(ours, peer)
        entry["default_over_mediapipe"] = _ratio(default, peer)
        entry["cpu_ms_mediapipe"] = median(a["cpu_ms"] for a in peer)
    return entry


def _ratio(ours: list[Answer], peer: list[Answer]) -> float:
    return median(_fps(a) / _fps(b) for a, b in zip(ours, peer, strict=True))


def _fps(answer: Answer) -> float:
    warm = _warm(answer["ms"])
    return 1e3 * len(warm) / sum(warm)


def _p99_ms(answer: Answer) -> float:
    return float(np.quantile(_warm(answer["ms"]), 0.99))


def _warm(values: list[float]) -> list[float]:
    return values[len(values) // REPEAT :]
