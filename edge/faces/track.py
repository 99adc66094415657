"""One person's track: where the face is, where it will be, whether it was confirmed."""

import math
from dataclasses import dataclass, field

from edge._native.landmarks import extent
from edge.faces.cut import SAME, Picture, Place
from edge.faces.detector import ROI_SCALE, Detection
from edge.landmarks import OUTER_CANTHI
from edge.records import Face, Frame, Mesh

Box = tuple[float, float, float, float]

VELOCITY_S = 0.2  # time constant of the velocity estimate
CROP_S = 0.15  # time constant of the crop: a third less landmark noise than with a crop that jitters
CROP_SLACK = 0.003  # the crop never lags by more than this share of its side, or this many radians
COAST_S = 0.5  # a lost face is expected to go on for this long, then to stay
CONFIRM_N = 3  # meshes in a row before a new face counts
CLEAR_PRESENCE, CLEAR_SCORE = 0.98, 0.7  # or at once, when mesh and detector are both this sure


@dataclass(slots=True)
class Track:
    """State of one track; all places in frame pixels."""

    person: int
    crop_px: Box
    box_px: Box
    seen_ns: int
    score: float
    confirmed: bool = False
    lost: bool = False
    hits: int = 0
    velocity_px_s: tuple[float, float] = field(default=(0.0, 0.0))
    place: Place | None = None
    """What the face and its surroundings showed last."""

    @property
    def size_px(self) -> float:
        """Longer side of the face."""
        return max(self.box_px[2], self.box_px[3])

    def expected_px(self, t_ns: int) -> tuple[float, float]:
        """Return where the face's centre should be at `t_ns`, by constant velocity for a short while."""
        ahead_s = min(COAST_S, max(0.0, (t_ns - self.seen_ns) / 1e9))
        x, y = centre(self.box_px)
        return (x + ahead_s * self.velocity_px_s[0], y + ahead_s * self.velocity_px_s[1])

    def misfit(self, box_px: Box, t_ns: int) -> float:
        """Return how far a box lies from where the face was expected, in face sizes."""
        x, y = centre(box_px)
        at = self.expected_px(t_ns)
        return math.hypot(x - at[0], y - at[1]) / max(1.0, self.size_px)

    def cut_away(self, image: Picture, *, cut: bool) -> bool:
        """Return whether the place now shows something else; who is lost has to be back at a cut."""
        if self.place is None or (self.lost and not cut):
            return False
        likeness = self.place.likeness(image)
        if math.isnan(likeness):
            return self.lost
        return likeness < SAME and not self.place.still_there(image)

    def look(self, image: Picture) -> None:
        """Remember what the place shows, unless it is covered."""
        place = Place(image, self.box_px)
        if self.place is None or not place.flat:
            self.wipe()
            self.place = place

    def wipe(self) -> None:
        """Overwrite what the place showed."""
        if self.place is not None:
            self.place.wipe()

    def face(self, frame: Frame) -> Face:
        """Return the face to read in this frame; its time is that of its own rows."""
        height, width = frame.image.shape[:2]
        column, row = min(max(self.crop_px[0], 0.0), width), min(max(self.crop_px[1], 0.0), height)
        return Face(
            t_ns=frame.t_ns + round(row * frame.row_ns + column * frame.column_ns),
            index=frame.index,
            person=self.person,
            box_px=self.box_px,
            crop_px=self.crop_px,
        )

    def adopt(self, found: Detection, t_ns: int) -> None:
        """Take a detection as this person's face, seen again."""
        self.crop_px, self.box_px, self.score = found.crop_px, found.box_px, found.score
        self.seen_ns, self.lost, self.hits = t_ns, False, 0
        self.velocity_px_s = (0.0, 0.0)

    def follow(self, mesh: Mesh) -> None:
        """Take this frame's mesh as the new place of the face."""
        dt_s = (mesh.t_ns - self.seen_ns) / 1e9
        if self.hits and dt_s > 0:
            gain = 1 - math.exp(-dt_s / VELOCITY_S)
            x, y = centre(mesh.box_px)
            x0, y0 = centre(self.box_px)
            vx, vy = self.velocity_px_s
            self.velocity_px_s = (vx + gain * ((x - x0) / dt_s - vx), vy + gain * ((y - y0) / dt_s - vy))
        self.crop_px = settle(self.crop_px, crop(mesh), dt_s) if self.hits else crop(mesh)
        self.box_px, self.seen_ns = mesh.box_px, mesh.t_ns
        self.hits += 1
        clear = mesh.presence >= CLEAR_PRESENCE and self.score >= CLEAR_SCORE
        self.confirmed = self.confirmed or clear or self.hits >= CONFIRM_N


def centre(box_px: Box) -> tuple[float, float]:
    """Return the centre of a box x, y, width, height."""
    return (box_px[0] + box_px[2] / 2, box_px[1] + box_px[3] / 2)


def crop(mesh: Mesh) -> Box:
    """Return the rotated square 1.5 times the mesh's extent along and across the line of the eyes."""
    right, left = (mesh.points_px[i] for i in OUTER_CANTHI)
    angle = math.atan2(float(left[1] - right[1]), float(left[0] - right[0]))
    u0, v0, u1, v1 = extent(mesh.points_px, angle)
    u, v = (u0 + u1) / 2, (v0 + v1) / 2
    c, s = math.cos(angle), math.sin(angle)
    return (u * c - v * s, u * s + v * c, ROI_SCALE * max(u1 - u0, v1 - v0), angle)


def settle(crop_px: Box, wanted_px: Box, dt_s: float) -> Box:
    """Return the crop moved towards the wanted one by a first-order low-pass whose lag is bounded.

    The mesh answers slightly differently to every other crop, so a crop that follows the noise of its own
    landmarks adds to that noise.
    """
    stay = math.exp(-max(0.0, dt_s) / CROP_S)
    side = wanted_px[2]
    x, y, s = (_near(a, b, stay, CROP_SLACK * side) for a, b in zip(crop_px[:3], wanted_px[:3], strict=True))
    turn = math.remainder(crop_px[3] - wanted_px[3], math.tau)
    return (x, y, s, _near(wanted_px[3] + turn, wanted_px[3], stay, CROP_SLACK))


def _near(now: float, wanted: float, stay: float, slack: float) -> float:
    return wanted + min(slack, max(-slack, stay * (now - wanted)))
