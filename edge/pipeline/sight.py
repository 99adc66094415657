"""From a frame to the signals of everybody in it: the modules that need the picture, in their order."""

from edge.config import Config
from edge.expression import Expressions
from edge.faces import FaceTracker
from edge.mesh import FaceMesh
from edge.pipeline.stopwatch import Stopwatch
from edge.records import Expression, Frame, Mesh


class Sight:
    """Faces, meshes and signals.

    With a seed the person numbers are drawn the same way every time, as a replay wants; without, at random.
    """

    def __init__(self, config: Config, seed: int | None = None, watch: Stopwatch | None = None) -> None:
        self.watch = watch or Stopwatch()
        self.mesh = FaceMesh(config.faces, config.tflite)
        self._faces = FaceTracker(config.faces, config.tflite, seed)
        self._expressions = Expressions(config.expression)

    def see(self, frame: Frame) -> tuple[list[Mesh], list[Expression]]:
        """Find everybody in one frame; return their landmarks and signals."""
        with self.watch.stage("faces"):
            faces = self._faces.update(frame)
        with self.watch.stage("mesh"):
            meshes = self._faces.observe(self.mesh.update(frame, faces))
        with self.watch.stage("expression"):
            height_px, width_px = frame.image.shape[:2]
            return meshes, self._expressions.update(meshes, (width_px, height_px))

    @property
    def degraded(self) -> str:
        """Why a model runs on the CPU instead of the configured accelerator; empty when none does."""
        return self.mesh.model.degraded or self._faces.degraded

    def wipe(self) -> None:
        """Overwrite and drop everybody, every number and the last picture."""
        self._faces.wipe()
        self.mesh.model.wipe()
        self._expressions.wipe()
