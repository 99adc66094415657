"""What the product sees in a clip, kept in a scratch folder; what it makes of it, worked out each time.

Signals are kept under a hash of the clip and of all code and models they depend on, so that a change of the
modules behind them (events, mimicry, measures) needs no second look at the pictures.
"""

import hashlib
import pickle
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import cycle, islice
from pathlib import Path

from edge.camera.video import VideoFile
from edge.config import Config
from edge.pipeline.engine import SignalEngine
from edge.pipeline.sight import Sight
from edge.tflite import manifest

SOURCE = Path(__file__).parents[3] / "edge"
BEHIND = {"cli", "events", "hub.py", "measures", "mimicry", "privacy", "publish", "report", "service"}
FOLDER = Path(tempfile.gettempdir()) / "mimicry-edge-rooms"


@dataclass(frozen=True)
class Take:
    """One clip as the product saw it."""

    t_s: list
    """Time of each frame."""
    size_px: tuple
    """Width and height of the picture."""
    expressions: list
    """Signals of everybody in each frame."""
    events: list
    """Movements in the order they became known."""
    people: list
    """Numbers counted as people in each report."""


def take(name, frames, key=""):
    """Run the product on an iterator of frames, or on what it saw of them before."""
    kept = FOLDER / f"{name.replace('/', '-')}-{_hash(key)}.pickle"
    if not kept.exists():
        FOLDER.mkdir(exist_ok=True)
        part = kept.with_suffix(".part")
        part.write_bytes(pickle.dumps(_look(frames)))
        part.replace(kept)
    times_ns, size_px, expressions = pickle.loads(kept.read_bytes())
    events, people = _spot(times_ns, expressions)
    return Take([t * 1e-9 for t in times_ns], size_px, expressions, events, people)


def clip(path):
    """Run the product on a recording."""
    return take(path.name, _frames(path), path.read_bytes())


def again(path, seconds, step=1):
    """Run the product on every `step`-th frame of a recording that is shown again and again."""
    name = f"{path.name} for {seconds:g} s by {step}"
    frames = (frame for frame in _repeated(path, seconds) if frame.index % step == 0)
    return take(name, frames, path.read_bytes() + name.encode())


def to_and_fro(path, seconds, step=1):
    """Run the product on every `step`-th frame of a recording that plays forth and back, uncut."""
    name = f"{path.name} to and fro for {seconds:g} s by {step}"
    return take(name, _swinging(path, seconds, step), path.read_bytes() + name.encode())


def _frames(path) -> Iterator:
    with VideoFile(path) as video:
        yield from video


def _repeated(path, seconds):
    begin_ns = index = 0
    while begin_ns < seconds * 1e9:
        times_ns = []
        for frame in _frames(path):
            times_ns.append(frame.t_ns)
            yield replace(frame, t_ns=begin_ns + frame.t_ns - times_ns[0], index=index)
            index += 1
        begin_ns += 2 * times_ns[-1] - times_ns[-2] - times_ns[0]


def _swinging(path, seconds, step):
    """Yield the thinned frames of a recording forwards and backwards; neither end is shown twice."""
    frames = list(islice(_frames(path), 0, None, step))
    apart_ns = (frames[-1].t_ns - frames[0].t_ns) // (len(frames) - 1)
    swing = cycle([*frames, *frames[-2:0:-1]])
    for index in range(int(seconds * 1e9 / apart_ns)):
        yield replace(next(swing), t_ns=index * apart_ns, index=index)


def _look(frames):
    """Return times, the picture's size and the signals of every frame."""
    config = Config()
    sight = Sight(config, config.measures.seed)
    times_ns, size_px, expressions = [], (0, 0), []
    for frame in frames:
        times_ns.append(frame.t_ns)
        size_px = frame.image.shape[1::-1]
        expressions.append(sight.see(frame)[1])
    return times_ns, size_px, expressions


def _spot(times_ns, expressions):
    """Return the movements of every face, shown to be alive or not, and the people counted in each report."""
    everybody = [[replace(one, confirmed=True) for one in seen] for seen in expressions]
    events = [event for one in _reports(times_ns, everybody) for event in one.events]
    return events, [one.present for one in _reports(times_ns, expressions)]


def _reports(times_ns, expressions):
    engine = SignalEngine(Config())
    reports = [engine.update(seen, t_ns) for t_ns, seen in zip(times_ns, expressions, strict=True)]
    return [one for one in (*reports, engine.finish()) if one is not None]


@cache
def _tree():
    """Hash the code in front of the events, the kernels and the models."""
    found = hashlib.sha256()
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix in {".py", ".so"} and path.relative_to(SOURCE).parts[0] not in BEHIND:
            found.update(path.relative_to(SOURCE).as_posix().encode() + path.read_bytes())
    found.update(repr(sorted(manifest.entries(manifest.folder()).items())).encode())
    return found.hexdigest()


def _hash(key):
    content = key if isinstance(key, bytes) else key.encode()
    return hashlib.sha256(_tree().encode() + content).hexdigest()[:24]
