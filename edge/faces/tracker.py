"""Frames to tracked faces: detect now and then, follow each face by its own last landmarks in between.

In: frames, and the meshes read on the faces of the last frame. Out: faces with a number that stays with the
person through occlusions of `keep_s`, by place and size, never by looks, and ends at a cut.
"""

import logging
from functools import partial

from edge.config.sections import FacesSection, TfliteSection
from edge.faces.cut import Cuts
from edge.faces.detector import Detection, Square, overlap, suppress
from edge.faces.numbers import Numbers
from edge.faces.searcher import Look, Searcher
from edge.faces.squares import tiles, whole
from edge.faces.track import Track
from edge.faces.upright import Upright
from edge.records import Face, Frame, Mesh

_log = logging.getLogger(__name__)

ALERT_SHARE = 3  # while a face is lost or nobody is there: detection this many times as often
SAME_FACE = 0.6  # a detection nearer than this many face sizes belongs to the track
JUMP = 0.5  # a mesh farther than this many face sizes from the expected place is another face
REACH, REACH_PER_S = 0.8, 1.0  # a lost face is found again within this many face sizes, growing with time
SIZE_RATIO = 1.8  # and no more than this larger or smaller
TWICE = 0.4  # meshes that overlap more than this are the same face
CALM_NS = 40_000_000  # while nobody is missing, a search has this long before a frame waits for it
FOCUS = 6.0  # side of the square searched around a lost face, in face sizes


class FaceTracker:
    """People in front of the camera; call `update` with a frame, then `observe` with its meshes.

    `numbers` are those of the meeting, which other cameras may share; without, its own by `seed`.
    """

    def __init__(
        self,
        section: FacesSection,
        tflite: TfliteSection,
        seed: int | None = None,
        numbers: Numbers | None = None,
    ) -> None:
        self._section = section
        self._searcher = Searcher(section, tflite)
        self._numbers = numbers or Numbers(seed)
        self._cuts = Cuts()
        self._upright = Upright()
        self._begin()

    @property
    def degraded(self) -> str:
        """Why a detector runs on the CPU instead of the configured accelerator; empty when it does not."""
        return self._searcher.degraded

    @property
    def turn_deg(self) -> int:
        """How far the pictures should be turned clockwise because people are not upright; 0 if they are."""
        return self._upright.turn_deg

    @property
    def searching(self) -> bool:
        """Whether a detector is at work on its own thread."""
        return self._searcher.running

    def wipe(self) -> None:
        """End the meeting: drop every track and every number, overwrite the last picture (mute)."""
        for track in self._tracks:
            track.wipe()
        self._numbers.begin()
        self._begin()
        self._cuts.wipe()
        self._upright.wipe()
        self._searcher.wipe()

    def _begin(self) -> None:
        """Begin a meeting: nobody is there."""
        self._tracks: list[Track] = []
        self._since_detection: int | None = None
        self._turn = 0
        self._alert = False

    def update(self, frame: Frame) -> list[Face]:
        """Return the faces whose meshes are to be read in this frame."""
        self._end(frame, cut=self._cuts.update(frame.image, frame.t_ns))
        keep_ns = self._section.keep_s * 1e9
        self._tracks = [one for one in self._tracks if not one.lost or frame.t_ns - one.seen_ns <= keep_ns]
        self._search(frame)
        for one in self._tracks:
            if not one.lost:
                one.look(frame.image)
        return [one.face(frame) for one in self._tracks if not one.lost]

    def _end(self, frame: Frame, *, cut: bool) -> None:
        """End the tracks of people who were cut away; search the new scene at once."""
        ended = [one for one in self._tracks if one.cut_away(frame.image, cut=cut)]
        for track in ended:
            track.wipe()
            self._tracks.remove(track)
        if cut or ended:
            _log.info("a cut: %d tracks end, %d go on", len(ended), len(self._tracks))
            self._since_detection = None

    def observe(self, meshes: list[Mesh]) -> list[Mesh]:
        """Take the meshes of this frame's faces; return those of confirmed people, each face once."""
        found = {mesh.person: mesh for mesh in meshes}
        for track in [one for one in self._tracks if not one.lost]:
            mesh = found.get(track.person)
            if mesh is None or (track.hits and track.misfit(mesh.box_px, mesh.t_ns) > JUMP):
                self._lose(track)
        self._part(found)
        for track in self._tracks:
            if not track.lost:
                track.follow(found[track.person])
        return [found[one.person] for one in self._tracks if not one.lost and one.confirmed]

    def _due(self) -> bool:
        """Count this frame; return whether it is searched: never for more people than there may be."""
        self._since_detection = (self._since_detection or 0) + 1
        if not self._room:
            return False
        if self._alert:
            return True
        every_n = self._section.detect_every_n
        if self._somebody_missing:
            every_n = max(1, every_n // ALERT_SHARE)
        return self._since_detection >= every_n

    def _search(self, frame: Frame) -> None:
        """Search a new scene at once; else take what was searched before, search for a later frame."""
        height, width = frame.image.shape[:2]
        everything, parts = whole(width, height), tiles(width, height)
        if self._since_detection is None:
            self._searcher.drop()
            looks = [*map(Look, (everything, *parts)), Look(everything, near=True)]
            self._take(self._searcher.now(frame, looks), frame.t_ns)
            self._since_detection, self._alert = 0, False
            return
        self._searcher.hand_over(frame.t_ns)
        due = self._due()
        if self._searcher.busy:
            return
        after_ns = 0 if self._somebody_missing else CALM_NS
        if due:
            looks = self._looks(everything, parts, frame.t_ns)
            self._searcher.ask(frame, looks, partial(self._take, t_ns=frame.t_ns), after_ns=after_ns)
            self._since_detection, self._alert = 0, False
        elif self._upright.due(frame.t_ns):
            look, take = Look(everything, view_rad=self._upright.view_rad), self._upright.take
            self._searcher.ask(frame, [look], partial(take, t_ns=frame.t_ns), after_ns=after_ns)

    @property
    def _somebody_missing(self) -> bool:
        return not self._tracks or any(one.lost for one in self._tracks)

    @property
    def _room(self) -> int:
        """How many more people may be tracked."""
        return max(0, self._section.max_people - sum(not one.lost for one in self._tracks))

    def _looks(self, everything: Square, parts: list[Square], t_ns: int) -> list[Look]:
        """Return where to look now: at the whole picture, or in turn at a tile of it."""
        # One look a search, for a steady cost. Every other search sees the whole picture and the place where
        # somebody was lost; the ones between go round the tiles, for small faces, and the short-range model,
        # for large ones. While somebody is lost, every search looks there.
        rest = len(parts) + 1
        self._turn += 1
        turn, odd = divmod(self._turn, 2)
        lost = [self._focus(one, t_ns) for one in self._tracks if one.lost]
        if not odd or lost:
            return [*map(Look, (everything, *lost[:1]))]
        if turn % rest < len(parts):
            return [Look(parts[turn % rest])]
        return [Look(everything, near=True)]

    def _focus(self, track: Track, t_ns: int) -> Square:
        x, y = track.expected_px(t_ns)
        return (x, y, FOCUS * track.size_px)

    def _take(self, found: list[Detection], t_ns: int) -> None:
        """Give the detections of a moment to the tracks they belong to, to lost people, to new numbers."""
        active = [one for one in self._tracks if not one.lost]
        free = [one for one in suppress(found) if not any(_belongs(one, track, t_ns) for track in active)]
        for detection, track in _nearest(free, [one for one in self._tracks if one.lost], t_ns):
            track.adopt(detection, t_ns)
            free.remove(detection)
        for detection in free[: self._room]:
            self._tracks.append(
                Track(
                    person=self._numbers.draw(),
                    crop_px=detection.crop_px,
                    box_px=detection.box_px,
                    seen_ns=t_ns,
                    score=detection.score,
                )
            )

    def _lose(self, track: Track) -> None:
        """Keep a confirmed person in mind, drop a face that was never confirmed; search at once."""
        if track.confirmed:
            track.lost, self._alert = True, True
        else:
            self._tracks.remove(track)

    def _part(self, found: dict[int, Mesh]) -> None:
        """Where two tracks read the same face, let the one go that expected it less."""
        active = [one for one in self._tracks if not one.lost]
        order = sorted(active, key=lambda one: (not one.confirmed, one.misfit(*_seen(found[one.person]))))
        kept: list[Track] = []
        for track in order:
            box = found[track.person].box_px
            if any(overlap(box, found[other.person].box_px) > TWICE for other in kept):
                self._lose(track)
            else:
                kept.append(track)


def _seen(mesh: Mesh) -> tuple[tuple[float, float, float, float], int]:
    return mesh.box_px, mesh.t_ns


def _belongs(found: Detection, track: Track, t_ns: int) -> bool:
    return track.misfit(found.box_px, t_ns) < SAME_FACE


def _nearest(found: list[Detection], lost: list[Track], t_ns: int) -> list[tuple[Detection, Track]]:
    """Return the pairs of detections and lost tracks within reach, nearest first, each used once."""
    near = []
    for detection in found:
        size = max(detection.box_px[2:])
        for track in lost:
            ratio = size / max(1.0, track.size_px)
            reach = REACH + REACH_PER_S * (t_ns - track.seen_ns) / 1e9
            distance = track.misfit(detection.box_px, t_ns)
            if distance <= reach and 1 / SIZE_RATIO <= ratio <= SIZE_RATIO:
                near.append((distance, detection, track))
    pairs: list[tuple[Detection, Track]] = []
    for _, detection, track in sorted(near, key=lambda one: one[0]):
        if all(detection is not a and track is not b for a, b in pairs):
            pairs.append((detection, track))
    return pairs
