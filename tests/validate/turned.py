"""Turned heads on the stage: planted against measured by angle, and what a neutral face leaks on its way.

The table goes into docs/signals.md. Films run at 15 frames a second, with the head in front at first.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from edge.stage.script import Script, Turn
from tests.validate import scenes
from tests.validate.tables import table

PAGE = Path(__file__).parents[2] / "docs" / "signals.md"
PORTRAITS = ("astronaut", "hopper")
POSES = ((0, 0), (30, 0), (45, 0), (-45, 0), (50, 0), (0, 15), (0, 30))
SIGNALS = {"AU12": ("AU12", ("AU12",)), "AU25/26": ("AU25", ("AU25", "AU26"))}
RATE_HZ, FRONT_S, MOVE_S, LEG_S = 15.0, 2.0, 1.0, 3.0
LEAST_R, BOUND_DEG = 0.9, 45
SMALLEST = 0.3  # of the full movement: taken for the smallest visible expression
STEPS_DEG = ((0, 15), (15, 30), (30, 45), (45, 51))
WAY = ((50, 0), (-50, 0), (0, 0), (0, 30), (0, 0), (35, 15), (-35, 15), (0, 0)) * 2


def report(*, short=False):
    """Return both tables; `short` looks at one portrait and two poses for ten seconds."""
    portraits, poses = (PORTRAITS[:1], POSES[:3:2]) if short else (PORTRAITS, POSES)
    found = {
        (portrait, name, pose): _held(portrait, name, pose, 10.0 if short else 16.0)
        for portrait in portraits
        for name in SIGNALS
        for pose in poses
    }
    heights = {key[:2]: height for key, (_, height, _) in found.items() if key[2] == (0, 0)}
    return [_tracking(found), _leak(portraits, heights)]


def _tracking(found):
    rows = []
    for (portrait, name, (yaw, pitch)), (r, full, pose_deg) in found.items():
        estimated = "{:.0f}, {:.0f}".format(*(np.rint(pose_deg) + 0.0))  # no -0
        share = full / found[portrait, name, (0, 0)][1]
        height = "" if np.isnan(share) else f"{share:.0%}"
        rows.append((portrait, name, f"{yaw}, {-pitch}", estimated, _number(r), height))
    low = [
        f"{portrait} {name} at {yaw}, {-pitch}: {_number(r)}"
        for (portrait, name, (yaw, pitch)), (r, *_) in found.items()
        if abs(yaw) <= BOUND_DEG and not pitch and not r >= LEAST_R
    ]
    header = ("portrait", "signal", "yaw, pitch", "estimated", "r", "height")
    note = (
        "Held poses, degrees; negative pitch looks down. Estimated: median of what the product takes them "
        "for. Height: of a full movement, against the front. Nothing: beyond the channel's limit."
    )
    return table("Planted against measured in turned heads", header, rows, note, low)


def _held(portrait, name, pose, seconds):
    """Return r, the height of a full movement and the estimated pose of a head that holds a pose."""
    planted, channels = SIGNALS[name]
    turns = Turn(at_s=0.0), Turn(at_s=FRONT_S, yaw_deg=pose[0], pitch_deg=pose[1], move_s=MOVE_S)
    script = scenes.alone(portrait, planted, seconds)
    person = replace(scenes.person(portrait), turns=turns)
    take = scenes.film(replace(script, people=(person,), rate_hz=RATE_HZ))
    there = take.t_s >= FRONT_S + MOVE_S + 0.2
    truth, value = take.planted(planted)[there], take.measured(*channels)[there]
    known = np.isfinite(value)
    pose_deg = np.nanmedian(take.pose_deg[there, :2], axis=0)
    if known.mean() < 0.5:
        return np.nan, np.nan, pose_deg
    r = np.corrcoef(truth[known], value[known])[0, 1]
    return float(r), float(np.polyfit(truth[known], value[known], 1)[0]), pose_deg


def _leak(portraits, heights):
    """Let a neutral head look around; how far each signal is from its median in front, by the turn."""
    rows, missed = [], []
    for portrait in portraits:
        take, yaw_deg = _around(portrait)
        for name, (_, channels) in SIGNALS.items():
            value = take.measured(*channels)
            left = np.abs(value - np.nanmedian(value[yaw_deg < 5]))
            limit = SMALLEST * heights[portrait, name] / 3
            cells = []
            for low, high in STEPS_DEG:
                here = left[(yaw_deg >= low) & (yaw_deg < high) & np.isfinite(left)]
                cells.append(f"{np.median(here):.2f}, {np.mean(here <= limit):.0%}" if len(here) else "-")
            inside = np.mean(left[(yaw_deg < BOUND_DEG) & np.isfinite(left)] <= limit)
            rows.append((portrait, name, f"{limit:.2f}", *cells, f"{inside:.0%}"))
            if name == "AU12" and inside < 0.9:
                missed.append(f"{portrait} {name} within {inside:.0%}")
    header = ("portrait", "signal", "a third", *(f"{a}-{b}" for a, b in STEPS_DEG), f"to {BOUND_DEG}")
    note = (
        "A neutral face that looks around for a minute, by the turn of the head in degrees of yaw: median "
        "distance from the front, cm, and share of time within a third of the smallest visible expression."
    )
    return table("A neutral face that looks around", header, rows, note, missed)


def _around(portrait):
    turns = [Turn(at_s=0.0)]
    for k, (yaw, pitch) in enumerate(WAY):
        at_s = FRONT_S + k * (LEG_S + 0.3)
        turns.append(Turn(at_s=at_s, yaw_deg=yaw, pitch_deg=pitch, move_s=LEG_S))
    person = replace(scenes.person(portrait), turns=tuple(turns))
    seconds = turns[-1].at_s + LEG_S + 2.0
    script = Script(size_px=scenes.SIZE_PX, seconds=seconds, seed=4, rate_hz=RATE_HZ, people=(person,))
    times_s = np.arange(script.frames) / RATE_HZ
    ends = [(one.at_s, one.at_s + one.move_s, one.yaw_deg) for one in turns]
    corners = [(0.0, 0.0), *((end, yaw) for _, end, yaw in ends)]
    starts = [(start, before) for (start, *_), (_, before) in zip(ends[1:], corners[1:], strict=False)]
    knots = sorted(corners + starts)
    return scenes.film(script), np.abs(np.interp(times_s, *map(list, zip(*knots, strict=True))))


def _number(r):
    return "" if np.isnan(r) else f"{r:.2f}"
