"""The scripted scene as a camera: a context manager that iterates `Frame` and knows the truth."""

import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from edge._native.sensor import expose
from edge.config.sections import CameraSection
from edge.records import Frame
from edge.stage.backdrop import room
from edge.stage.behaviour import simulate
from edge.stage.figure import Figure
from edge.stage.hand import cross
from edge.stage.portraits import find_folder
from edge.stage.reading import load_script
from edge.stage.script import Script
from edge.stage.staging import geometry, motions, table_row

_NOISE = 303  # stream of random numbers
NOISE_SPARE = 1 << 20  # noise beyond one frame, so that each frame takes another stretch


class Stage:
    """A scripted scene: `Stage(script)` iterates RGB frames at virtual sensor times.

    `script`: a path, a text with line breaks or a `Script`. `portraits`: folder of the two portraits; empty:
    where `models fetch` put them. `real_time`: wait for each frame's time, skip
    and count what is a period late. Raises `StageError` on a script
    that cannot be rendered or portraits that are missing.
    """

    def __init__(
        self, script: str | Path | Script, *, portraits: str | Path = "", real_time: bool = False
    ) -> None:
        self.script = load_script(script)
        self.truth = simulate(self.script)
        """What happens, with amplitudes per frame."""
        self.motions = motions(self.script, self.truth)
        """Where everybody is."""
        self.geometry = geometry(self.script, self.truth, self.motions)
        """Boxes and canthus distances per frame."""
        self.dropped = 0
        """Frames skipped because the reader was late."""
        self.skip_before_ns = 0
        """Frames of earlier times are left out, not rendered, and counted as dropped."""
        self.restarts = 0
        """Always 0."""
        self.refused: dict[str, int] = {}
        """Always empty."""
        self.problem = ""
        """Always empty."""
        self.rate_hz = self.script.rate_hz
        self.expected_n = self.script.frames
        self.render_s = 0.0
        """Processor time spent on rendering so far, s."""
        self._real_time = real_time
        self._open = True
        folder = find_folder(portraits)
        self.figures = [
            Figure(person, motion.layout, folder, self.script.size_px[1])
            for person, motion in zip(self.script.people, self.motions, strict=True)
        ]
        """The people as pixels."""
        self._poses = [motion.head.pose_rad() for motion in self.motions]
        self._table_row = table_row(self.script)
        self._plate = room(self.script.size_px, self.script.seed, self._table_row)
        self._noise = self._noise_tile()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def state(self) -> Literal["ok", "closed"]:
        """`ok` until it is closed."""
        return "ok" if self._open else "closed"

    def close(self) -> None:
        """End the scene; again is allowed."""
        self._open = False

    def __iter__(self) -> Iterator[Frame]:
        start_s = time.monotonic()
        for index, t_ns in enumerate(self.truth.t_ns.tolist()):
            if not self._open:
                return
            late = self._real_time and time.monotonic() - start_s > t_ns / 1e9 + 1 / self.rate_hz
            if late or t_ns < self.skip_before_ns:
                self.dropped += 1
                continue
            before_s = time.thread_time()
            image = self.image(index)
            self.render_s += time.thread_time() - before_s
            if self._real_time:
                time.sleep(max(0.0, start_s + t_ns / 1e9 - time.monotonic()))
            image.flags.writeable = False
            yield Frame(t_ns=t_ns, index=index, image=image)

    def image(self, index: int) -> NDArray[np.uint8]:
        """Render one frame, [H, W, 3]; any order gives the same pictures."""
        frame = self._plate.copy()
        self.paint(frame, index)
        self._expose(frame, index)
        return frame

    def paint(self, frame: NDArray[np.uint8], index: int) -> None:
        """Draw people, table and hands of one moment, without the sensor's noise; the farthest first."""
        order = np.argsort([person.canthus_px for person in self.script.people], kind="stable")
        for number in order[self.truth.present[order, index]].tolist():
            motion = self.motions[number]
            placed = (float(motion.x_px[index]), float(motion.y_px[index]), float(motion.scale[index]))
            amplitude = self.truth.amplitude[number, :, index]
            self.figures[number].draw(
                frame, amplitude, self._poses[number][:, index], placed, (0, self._table_row)
            )
        t_s = self.truth.t_ns[index] / 1e9
        for number in np.flatnonzero(self.truth.occluded[:, index]).tolist():
            for one in self.script.people[number].occlusions:
                if one.at_s <= t_s < one.at_s + one.seconds:
                    box_px = self.geometry.box_px[number, index]
                    cross(frame, box_px, self.geometry.canthus_px[number, index], one, t_s)

    def _noise_tile(self) -> NDArray[np.int8]:
        """Noise of several frames' worth, in bytes."""
        width, height = self.script.size_px
        rng = np.random.default_rng([self.script.seed, _NOISE])
        tile = rng.standard_normal(width * height * 3 + NOISE_SPARE, np.float32) * self.script.noise_sd
        noise: NDArray[np.int8] = np.clip(np.rint(tile), -127, 127).astype(np.int8)
        return noise

    def _expose(self, frame: NDArray[np.uint8], index: int) -> None:
        """Add flicker and sensor noise."""
        flicker = self.script.flicker
        t_s = float(self.truth.t_ns[index]) / 1e9
        gain = 1 + flicker.depth * float(np.sin(2 * np.pi * flicker.hz * t_s))
        offset = int(np.random.default_rng([self.script.seed, _NOISE, index]).integers(NOISE_SPARE))
        if flicker.depth > 0 or self.script.noise_sd > 0:
            expose(frame.reshape(-1), self._noise, offset, gain)


def open_section(section: CameraSection) -> Stage:
    """Open the stage whose script is the path of a camera section; the pipeline sets the pace."""
    return Stage(section.path)
