"""Meshes of a frame in, expressions of the same people out."""

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from edge.arrays import Floats
from edge.config.sections import ExpressionSection
from edge.expression.align import Aligned, Head
from edge.expression.calibration import Calibration
from edge.expression.channels import INDEX, LIMITS_DEG, TABLE
from edge.expression.eyes import Eyes
from edge.expression.features import eye_aspect, eye_aspects, features, outside
from edge.expression.life import Life
from edge.expression.lowpass import Lowpass
from edge.expression.missing import dim, reason
from edge.expression.pose import Residual
from edge.expression.signs import Look
from edge.expression.speech import Speech
from edge.records import Expression, Mesh, frozen

LOST_S = 5.0  # a track lost for longer starts again
INNER_LIPS = (13, 14)
EYES_YAW_RAD, EYES_PITCH_RAD = math.radians(45.0), math.radians(30.0)  # beyond, lids are the mesh's guess


class Expressions:
    """Signals of everybody in view; state of each person inside, time from the records only."""

    def __init__(self, section: ExpressionSection, limits_deg: Floats = LIMITS_DEG) -> None:
        self._section = section
        self._limits_deg = np.minimum(limits_deg, [[section.max_yaw_deg], [section.max_pitch_deg]])
        self._people: dict[int, _Person] = {}

    def update(self, meshes: Iterable[Mesh], frame_size: tuple[int, int]) -> list[Expression]:
        """Turn the meshes of one frame (width, height in px) into expressions, one a mesh, same order."""
        return [self._person(mesh.person, mesh.t_ns).update(mesh, frame_size) for mesh in meshes]

    def update_raw(self, sample: Expression) -> Expression:
        """Filter and calibrate a sample whose `raw` is already known, as from a signals table."""
        return self._person(sample.person, sample.t_ns).update_raw(sample)

    def drop(self, person: int) -> None:
        """Overwrite and drop everything known about one person."""
        if person in self._people:
            self._people.pop(person).wipe()

    def wipe(self) -> None:
        """Overwrite and drop everybody, as at a mute or after the camera moved."""
        for person in tuple(self._people):
            self.drop(person)

    def _person(self, person: int, t_ns: int) -> "_Person":
        known = self._people.get(person)
        if known is None or known.lost(t_ns):
            # who comes back after a while comes under a new number: the old one must not stay for ever
            for number in [number for number, one in self._people.items() if one.gone(t_ns)]:
                self.drop(number)
            self.drop(person)
            known = self._people[person] = _Person(self._section, np.radians(self._limits_deg))
        return known


class _Person:
    """Reference shape, open eye, residual pose, filter and calibration of one person."""

    def __init__(self, section: ExpressionSection, limits_rad: Floats) -> None:
        self._limits_rad = limits_rad
        self._least_rad = tuple(limits_rad.min(axis=1).tolist())
        self._head = Head()
        self._eyes, self._each_eye = Eyes(1), Eyes(2)
        self._life = Life()
        self._residual = Residual()
        self._lowpass = Lowpass(section.lowpass_hz, len(TABLE))
        self._calibration = Calibration(section.warmup_s)
        self._speech = Speech()
        self._speaking = False
        self._last_ns: int | None = None

    def lost(self, t_ns: int) -> bool:
        """Whether the track was away for too long, or time ran backwards."""
        return self._last_ns is not None and not 0 <= t_ns - self._last_ns <= LOST_S * 1e9

    def gone(self, t_ns: int) -> bool:
        """Whether the track was away for too long at the time of somebody else, later or earlier."""
        return self._last_ns is not None and abs(t_ns - self._last_ns) > LOST_S * 1e9

    def update(self, mesh: Mesh, frame_size: tuple[int, int]) -> Expression:
        """Align, measure, filter and calibrate one mesh."""
        aligned = self._head.align(mesh.points_px, mesh.t_ns)
        raw = self._raw(mesh, aligned, frame_size)
        closure = self._closure(mesh, aligned)
        x = self._calibrated(raw, mesh.t_ns)
        return self._told(
            Expression(
                t_ns=mesh.t_ns,
                index=mesh.index,
                person=mesh.person,
                raw=raw,
                x=x,
                pose_rad=aligned.pose_rad,
                canthus_px=aligned.canthus_px,
                presence=mesh.presence,
                box_px=mesh.box_px,
                gain=self._calibration.gain,
                speaking=self._speaking,
                closure=closure,
                confirmed=self._confirmed(mesh, aligned, closure),
            )
        )

    def update_raw(self, sample: Expression) -> Expression:
        """Filter and calibrate features measured elsewhere."""
        x = self._calibrated(sample.raw, sample.t_ns)
        gain, speaking = self._calibration.gain, self._speaking
        return self._told(replace(sample, x=x, gain=gain, speaking=speaking, missing=None))

    def wipe(self) -> None:
        """Overwrite everything known about the person."""
        parts = (self._head, self._eyes, self._each_eye, self._residual, self._lowpass, self._calibration)
        for part in (*parts, self._life, self._speech):
            part.wipe()

    def _raw(self, mesh: Mesh, aligned: Aligned, frame_size: tuple[int, int]) -> Floats:
        """Raw features, NaN where this view does not show them."""
        if dim(aligned.canthus_px, mesh.presence):
            return np.full(len(TABLE), np.nan)
        raw = features(aligned.points_cm, aligned.pose_rad[0])
        ear = np.array([eye_aspect(aligned.points_cm)])
        raw[INDEX["AU45"]] = self._eyes.closure(ear, mesh.t_ns)[0]
        self._residual.remove(raw, aligned.pose_rad, mesh.t_ns, speaking=self._speaking)
        if any(abs(turn) > least for turn, least in zip(aligned.pose_rad, self._least_rad, strict=False)):
            raw[(np.abs(aligned.pose_rad[:2])[:, None] > self._limits_rad).any(axis=0)] = np.nan
        raw[outside(mesh.points_px, frame_size)] = np.nan
        return raw

    def _closure(self, mesh: Mesh, aligned: Aligned) -> tuple[float, float]:
        """How far the right and the left eye is closed, NaN where this view does not show them."""
        yaw, pitch, _ = aligned.pose_rad
        unclear = dim(aligned.canthus_px, mesh.presence)
        if unclear or not (abs(yaw) <= EYES_YAW_RAD and abs(pitch) <= EYES_PITCH_RAD):
            return float("nan"), float("nan")
        right, left = self._each_eye.closure(eye_aspects(aligned.points_cm), mesh.t_ns)
        return float(right), float(left)

    def _confirmed(self, mesh: Mesh, aligned: Aligned, closure: tuple[float, float]) -> bool:
        """Whether the face was shown to be alive; its mouth counts where its eyes are read."""
        if self._life.shown:
            return True
        x, y, width, height = mesh.box_px
        upper, lower = (aligned.points_cm[lip].tolist() for lip in INNER_LIPS)
        look = Look(
            t_s=mesh.t_ns * 1e-9,
            right=closure[0],
            left=closure[1],
            opening_cm=math.dist(upper, lower) if math.isfinite(closure[0]) else math.nan,
            yaw_deg=math.degrees(aligned.pose_rad[0]),
            pitch_deg=math.degrees(aligned.pose_rad[1]),
            presence=mesh.presence,
            likeness=mesh.likeness,
            x_px=x + width / 2,
            y_px=y + height / 2,
            canthus_px=aligned.canthus_px,
        )
        return self._life.update(look)

    def _calibrated(self, raw: Floats, t_ns: int) -> Floats:
        """Return what filter and calibration make of raw features."""
        self._last_ns = t_ns
        filtered = self._lowpass.update(raw, t_ns)
        self._speaking = self._speech.update(float(raw[INDEX["AU25"]]), t_ns)
        x = self._calibration.update(filtered, raw, t_ns, speaking=self._speaking)
        frozen(raw)
        frozen(x)
        return x

    def _told(self, sample: Expression) -> Expression:
        """Add why the leading channel has no value, if it has none."""
        why = reason(sample, self._limits_rad)
        return sample if why is None else replace(sample, missing=why)
