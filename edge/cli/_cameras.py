"""What `check` looks at in the cameras: pictures, size and turn of each; clocks and views of several."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from edge.camera.choose import open_camera
from edge.cli._finding import Finding, bad, ok
from edge.cli._overlap import overlap
from edge.config import Config
from edge.config.sections import CameraSection
from edge.errors import CameraError, EdgeError, ModelError
from edge.faces import hanging_deg
from edge.pipeline.keeper import UNPACED
from edge.pipeline.sight import hanging
from edge.records import Frame
from edge.service import FRESH_S, PROGRESS, progress_age_s, runtime_file

LOOKS, APART_S = 6, 1 / 3  # frames looked at, and from one to the next
CLOCK_S = 2.0  # a picture that came longer after its own time, or before it, has another clock

FIXES = {
    "picamera2": "check the cable and camera.width_px, height_px, rate_hz",
    "usb": "plug it in, see `v4l2-ctl --list-formats-ext`: camera.device, width_px, height_px, rate_hz",
    "gstreamer": "check that the camera is plugged in, and camera.launch",
    "video": "check camera.path",
    "stage": "mimicry-edge models fetch; check camera.path",
}
"""What to do about a camera of this source that delivers nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What one camera showed."""

    section: CameraSection
    frames: list[Frame]
    age_s: float
    """How long after its own time the last frame came, s."""
    problem: str
    """What the camera does otherwise than configured."""


def cameras(config: Config) -> Iterator[Finding]:
    """Look at every camera, one after the other, unless the running service has them."""
    try:
        if progress_age_s(runtime_file(PROGRESS), time.monotonic()) < FRESH_S:
            yield ok("camera", "in use by the running service")
            return
    except EdgeError:
        pass
    looks: dict[str, _Look] = {}
    for k, section in enumerate(config.views):
        name = f"camera {k + 1}" if config.cameras else "camera"
        try:
            looks[name] = look = _look(section)
            yield _one(name, look, config)
        except CameraError as error:
            missing = isinstance(error.__cause__, ImportError)
            fix = "install what `libraries` asks for" if missing else FIXES[section.source]
            yield bad(name, str(error), fix)
    if len(looks) > 1:
        yield _clocks(looks)
        yield _views(looks)


def _look(section: CameraSection) -> _Look:
    """Take some frames; their own times are compared with their arrival."""
    apart, frames, age_s = max(1, round(APART_S * section.rate_hz)), [], 0.0
    with open_camera(section) as source:
        for frame in source:
            age_s = time.monotonic() - frame.t_ns / 1e9
            if frame.index % apart == 0:
                frames.append(frame)
            if len(frames) == LOOKS:
                break
        return _Look(section=section, frames=frames, age_s=age_s, problem=source.problem)


def _one(name: str, look: _Look, config: Config) -> Finding:
    """Judge one camera by itself."""
    section = look.section
    if not look.frames:
        return bad(name, f"expected a frame from {section.source}, got none", FIXES[section.source])
    height, width = look.frames[0].image.shape[:2]
    if look.problem:
        return bad(name, look.problem, "set these to what the camera delivers")
    try:
        problem = hanging(section, hanging_deg(look.frames, config.faces, config.tflite))
    except ModelError:  # which has a finding of its own
        problem = ""
    text = f"{section.source} delivers {width} x {height}"
    return bad(name, text, problem) if problem else ok(name, text)


def _clocks(looks: dict[str, _Look]) -> Finding:
    """Check that live cameras are on the machine's clock; the stage and files are put there."""
    live = {name: one for name, one in looks.items() if one.frames and one.section.source not in UNPACED}
    odd = [name for name, one in live.items() if not 0 <= one.age_s <= CLOCK_S]
    if not odd:
        return ok("clocks", "one clock for all cameras")
    late = ", ".join(f"{name} is {looks[name].age_s:.1f} s behind it" for name in odd)
    return bad("clocks", f"expected pictures on the machine's clock, got {late}", "use live sources only")


def _views(looks: dict[str, _Look]) -> Finding:
    """Check that no two cameras show the same part of the room: people there would be counted twice."""
    shown = {name: look.frames[-1].image for name, look in looks.items() if look.frames}
    twice = [f"{a} and {b}" for a, b in combinations(shown, 2) if overlap(shown[a], shown[b])]
    if twice:
        fix = "turn them apart, so that nobody is in both"
        return bad("views", f"{', '.join(twice)} seem to overlap", fix)
    return ok("views", "no two cameras seem to show the same")
