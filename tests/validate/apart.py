"""One planted meeting as one film, and cut apart into two: the offset by sound, lags as in the uncut film.

The scene of `firmware_configs/stage/planted.yaml` with a voice; the left film shows the leader, the right one
everybody else, encoded again at 29.97 pictures a second and 3.417 s later. The table goes into
docs/cameras.md.
"""

import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

import av

from edge.config import Config
from edge.config.sections import PrivacySection
from edge.pipeline.replay import Replay
from edge.pipeline.together import Start, Together, by_sound
from edge.stage import Stage, load_script
from tests.cli.meeting import film, heard, voices
from tests.validate.tables import table

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "cameras.md"
SHIFT_S = 3.417
CUT_PX = 320  # between the leader and the others
OFFSET_ERROR_S = 0.01
PICTURE_S = 1 / 15  # of the rendered film


def report(*, short=False):
    """Return the table; `short` renders 24 seconds, in which nothing can be judged."""
    with tempfile.TemporaryDirectory() as folder:
        whole, left, right, true_s = _films(Path(folder), 24 if short else 240)
        (one,) = by_sound([left, right])
        uncut = _measured([whole], [Start()])
        apart = _measured([left, right], [Start(), Start(at_s=one.offset_s, drift=one.drift)])
    error_s = one.offset_s - true_s
    rows = [
        ["offset", f"{true_s:.4f} s", f"{one.offset_s:.4f} s, sd {1000 * one.spread_s:.2f} ms"],
        ["drift", "0 ppm", f"{1e6 * one.drift:.1f} ppm"],
        *([name, _said(uncut.get(name)), _said(apart.get(name))] for name in sorted(uncut)),
    ]
    wrong = ["offset"] * (abs(error_s) > OFFSET_ERROR_S) + [
        f"lag of {name}" for name, pair in uncut.items() if not _same(pair, apart.get(name))
    ]
    note = f"{len(uncut)} pairs, {one.agreeing} of {one.pieces} pieces of the sound agree."
    return [table("Cut apart", ("", "uncut, or true", "cut apart"), rows, note, wrong)]


def _films(folder, seconds):
    """Write the uncut film and its two halves; return them and when the second begins."""
    scene = load_script(ROOT / "firmware_configs" / "stage" / "planted.yaml")
    images = [frame.image for frame in Stage(replace(scene, seconds=float(seconds)))]
    sound = heard(voices(seconds), 0.0, seconds)
    whole = film(folder / "whole.mp4", images, scene.rate_hz, sound)
    left, right = folder / "left.mp4", folder / "right.mp4"
    width = scene.size_px[0] - CUT_PX
    _cut(whole, left, f"crop={CUT_PX}:in_h:0:0")
    _cut(whole, right, f"crop={width}:in_h:{CUT_PX}:0,fps=30000/1001", "-ss", str(SHIFT_S))
    with av.open(str(right)) as container:
        first = next(container.decode(video=0))
    return whole, left, right, SHIFT_S + float(first.pts * first.time_base)


def _cut(source, out, pictures, *begin):
    command = ["ffmpeg", "-v", "error", "-y", *begin, "-i", source, "-vf", pictures]
    subprocess.run([*command, "-crf", "12", "-c:a", "aac", out], check=True)


def _measured(paths, starts):
    """Return (state, lag) of synchrony by pair of places, from left to right."""
    config, said, places = Config(privacy=PrivacySection(profile="research")), [], {}
    cameras = (config.camera,) * len(paths)
    replay = Replay(config, said.append, cameras)
    with Together(paths, starts, cameras) as films:
        for frame in films:
            for one in replay.frame(frame):
                places.setdefault(one.person, one.box_px[0] + CUT_PX * frame.view)
    replay.finish()
    order = {person: k for k, person in enumerate(sorted(places, key=places.get))}
    found = {}
    for body in (one.body for one in said if one.kind == "measure"):
        if body["name"] == "expression_synchrony" and len(body["subject"]) == 2:
            i, j = (order[person] for person in body["subject"])
            lag_s = None if body.get("lag_s") is None else body["lag_s"] * (1 if i < j else -1)
            found["{} and {}".format(*sorted((i, j)))] = body["state"], lag_s
    return found


def _said(pair):
    return "nothing" if pair is None else f"{pair[0]}, lag {pair[1]} s"


def _same(a, b):
    """Whether a pair has the same verdict, and its highest correlation at the same lag to one picture."""
    if b is None or a[0] != b[0] or (a[1] is None) != (b[1] is None):
        return False
    return a[1] is None or abs(a[1] - b[1]) <= PICTURE_S
