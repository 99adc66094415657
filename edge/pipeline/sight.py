"""From a frame to the signals of everybody in it: the modules that need the picture, in their order."""

import logging
import math
from collections.abc import Sequence
from typing import Self

from edge.config import Config
from edge.config.sections import CameraSection
from edge.expression import Expressions
from edge.faces import FaceTracker, Numbers
from edge.mesh import FaceMesh
from edge.pipeline.stopwatch import Stopwatch
from edge.records import Expression, Frame, Mesh

DARK = 10.0  # mean grey level of 0..255: four people at a table lose half of their faces (docs/vision.md)
LIGHT_STRIDE = 16  # px between the looks at the light
UPRIGHT_NS = 60_000_000_000  # how long somebody alive and upright outweighs the looks at the turned picture
UPRIGHT_RAD = math.pi / 4  # roll of a head that is upright

_log = logging.getLogger(__name__)


class Sight:
    """Faces, meshes and signals.

    With a seed the person numbers are drawn the same way every time, as a replay wants; without, at random.
    One of several cameras is told which (`camera`), and has its numbers from another sight of the meeting.
    """

    def __init__(
        self,
        config: Config,
        seed: int | None = None,
        watch: Stopwatch | None = None,
        *,
        camera: CameraSection | None = None,
        beside: Self | None = None,
    ) -> None:
        self.watch = watch or Stopwatch()
        self.mesh = FaceMesh(config.faces, config.tflite)
        self.numbers: Numbers = Numbers(seed) if beside is None else beside.numbers
        """The person numbers of the meeting."""
        self._faces = FaceTracker(config.faces, config.tflite, numbers=self.numbers)
        self._expressions = Expressions(config.expression)
        self._camera = camera or config.camera
        self.problem = ""
        """What is wrong with how the camera hangs, with the setting that mends it; empty when nothing is."""
        self._upright_ns: int | None = None

    def see(self, frame: Frame) -> tuple[list[Mesh], list[Expression]]:
        """Find everybody in one frame; return their landmarks and signals."""
        with self.watch.stage("faces"):
            faces = self._faces.update(frame)
        with self.watch.stage("mesh"):
            found = self.mesh.update(frame, faces, beside=self._faces.searching)
            meshes = self._faces.observe(found)
        with self.watch.stage("expression"):
            height_px, width_px = frame.image.shape[:2]
            people = self._expressions.update(meshes, (width_px, height_px))
        self._note(people, frame.t_ns)
        return meshes, people

    def _note(self, people: Sequence[Expression], t_ns: int) -> None:
        """Log when it comes out that the camera hangs otherwise, unless somebody alive is upright in it."""
        if any(one.confirmed and abs(one.pose_rad[2]) < UPRIGHT_RAD for one in people):
            self._upright_ns = t_ns
        known = self._upright_ns is not None and abs(t_ns - self._upright_ns) < UPRIGHT_NS
        problem = "" if known else hanging(self._camera, self._faces.turn_deg)
        if problem and problem != self.problem:
            _log.warning("%s", problem)
        self.problem = problem

    @property
    def degraded(self) -> str:
        """Why a model runs on the CPU instead of the configured accelerator; empty when none does."""
        return self.mesh.model.degraded or self._faces.degraded

    def wipe(self) -> None:
        """Overwrite and drop everybody, every number and the last picture."""
        self._faces.wipe()
        self.mesh.wipe()
        self._expressions.wipe()
        self._upright_ns = None


def sights(
    config: Config, seed: int | None, cameras: Sequence[CameraSection], watch: Stopwatch | None = None
) -> tuple[Sight, ...]:
    """One sight for each camera of a meeting, with one set of person numbers."""
    first, *others = cameras or (config.camera,)
    sight = Sight(config, seed, watch, camera=first)
    return sight, *(Sight(config, watch=sight.watch, camera=one, beside=sight) for one in others)


def light(frame: Frame) -> float:
    """Return the mean grey level of a picture, 0..255."""
    return float(frame.image[::LIGHT_STRIDE, ::LIGHT_STRIDE].mean())


def dark(frame: Frame) -> bool:
    """Whether the picture is too dark to find faces in."""
    return light(frame) < DARK


def hanging(camera: CameraSection, turn_deg: int) -> str:
    """Say which setting turns the pictures clockwise by `turn_deg`, if that is not 0."""
    if not turn_deg:
        return ""
    mirrored = camera.flip in {"horizontal", "vertical"}  # after the turn, which then goes the other way
    wanted = (camera.rotate_deg + (-turn_deg if mirrored else turn_deg)) % 360
    looks = "upside down" if turn_deg == 180 else "turned on its side"
    return f"the picture looks {looks}: set camera.rotate_deg: {wanted}"
