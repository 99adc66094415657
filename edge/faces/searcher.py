"""The detectors, beside the meshes: what is searched in one frame is taken by a later one.

In: a frame and the squares to look at. Out: faces, for whoever asked. The squares are copied from the frame
at once; the detectors then run on a thread of their own. Which frame takes what they found depends on the
frames' times alone, and it waits if need be: results depend neither on the number of cores nor on their load.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from edge.arrays import overwrite
from edge.config.sections import FacesSection, TfliteSection
from edge.faces.detector import FULL_RANGE, SHORT_RANGE, Detection, Detector, Square, Tensor
from edge.faces.squares import cut
from edge.records import Frame

Take = Callable[[list[Detection]], None]


@dataclass(frozen=True, slots=True)
class Look:
    """A square of the picture to be searched for faces."""

    square: Square
    """Centre x, centre y, side in px."""
    view_rad: float = 0.0
    """How far the view is turned clockwise."""
    near: bool = False
    """Whether the detector of near, large faces looks."""


class Searcher:
    """Both detectors; at most one search is under way.

    An accelerator is left to the caller's thread, which also runs the meshes on it.
    """

    def __init__(self, section: FacesSection, tflite: TfliteSection) -> None:
        single = replace(tflite, threads=1)
        self._full, self._short = Detector(FULL_RANGE, single), Detector(SHORT_RANGE, single)
        self._min_score = section.min_score
        self._thread = ThreadPoolExecutor(1, "detector") if tflite.accelerator == "cpu" else None
        self._asked: tuple[Future[list[Detection]], Take, int] | None = None

    @property
    def degraded(self) -> str:
        """Why a detector runs on the CPU instead of the configured accelerator; empty when it does not."""
        return self._full.model.degraded or self._short.model.degraded

    def now(self, frame: Frame, looks: list[Look]) -> list[Detection]:
        """Return the faces of some squares of this frame, before suppression."""
        return self._read(self._views(frame, looks), looks, frame.image.shape[1], frame.image.shape[0])

    @property
    def busy(self) -> bool:
        """Whether a search is under way, or its result waits to be handed over."""
        return self._asked is not None

    @property
    def running(self) -> bool:
        """Whether a detector is at work."""
        return self._asked is not None and not self._asked[0].done()

    def ask(self, frame: Frame, looks: list[Look], take: Take, *, after_ns: int = 0) -> None:
        """Search some squares of this frame for `take`, called in a `hand_over` at least `after_ns` later."""
        work = self._views(frame, looks), looks, frame.image.shape[1], frame.image.shape[0]
        if self._thread is not None:
            found = self._thread.submit(self._read, *work)
        else:
            found = Future()
            found.set_result(self._read(*work))
        self._asked = found, take, frame.t_ns + after_ns

    def hand_over(self, t_ns: int) -> None:
        """Give what was found to whoever asked, once it is time."""
        if self._asked is not None and t_ns >= self._asked[2]:
            (found, take, _), self._asked = self._asked, None
            take(found.result())

    def drop(self) -> None:
        """Let what was asked end unseen."""
        if self._asked is not None:
            self._asked[0].result()
            self._asked = None

    def wipe(self) -> None:
        """Overwrite the last views, once nobody looks at them any more."""
        self.drop()
        self._full.model.wipe()
        self._short.model.wipe()

    def _of(self, look: Look) -> Detector:
        return self._short if look.near else self._full

    def _views(self, frame: Frame, looks: list[Look]) -> list[Tensor]:
        return [self._of(look).view(frame.image, look.square, look.view_rad) for look in looks]

    def _read(self, views: list[Tensor], looks: list[Look], width_px: int, height_px: int) -> list[Detection]:
        """Return the faces of the views, without those that reach over an edge of their tile."""
        found = [
            one
            for view, look in zip(views, looks, strict=True)
            for one in self._of(look).read(view, look.square, self._min_score)
            if look.near or not cut(one, look.square, width_px, height_px)
        ]
        overwrite(*views)
        return found
