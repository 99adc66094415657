"""Our side of the pipeline bench: the whole engine, one frame at a time, by the peer's protocol.

Frame in, signals out is timed against the peer; events, mimicry and measures run in between, timed apart.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edge.config import Config
from edge.config.sections import FacesSection
from edge.pipeline.engine import SignalEngine
from edge.pipeline.sight import Sight
from edge.records import Frame
from tests.bench.mediapipe_worker import answer, requests, timed

STEP_NS = 33_333_333


def main() -> None:
    """Answer requests with the engine."""
    for request in requests():
        faces = FacesSection(max_people=request["faces"]) if request["told"] else FacesSection()
        watched = _Watched(replace(Config(), faces=faces))
        figures = timed(watched.look, request, watched.go_on)
        answer(figures | {"stage_ms": watched.signals.watch.quantile_ms(0.5)})


class _Watched:
    """An engine halved at the signals."""

    def __init__(self, config: Config) -> None:
        self.signals = SignalEngine(config)
        self._sight = Sight(config, seed=1, watch=self.signals.watch)
        self._index = -1

    def look(self, image: NDArray[np.uint8]) -> int:
        """Frame in, signals out."""
        self._index += 1
        self._frame = Frame(t_ns=self._index * STEP_NS, index=self._index, image=image)
        seen = self._sight.see(self._frame)[1]
        self._expressions = [replace(one, confirmed=True) for one in seen]  # portraits that stand still
        return len(self._expressions)

    def go_on(self) -> None:
        """Signals in, report out."""
        self.signals.update(self._expressions, self._frame.t_ns)


if __name__ == "__main__":
    main()
