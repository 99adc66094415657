"""What a mute leaves of people: of every array that a running engine holds, nothing."""

import inspect
from collections import deque
from enum import Enum

import numpy as np
import pytest

from edge.camera import open_camera
from edge.config import Config
from edge.config.sections import CameraSection
from edge.events import Spotter
from edge.expression import Expressions
from edge.pipeline.engine import Engine, SignalEngine
from edge.records import CHANNELS, Expression

AXES = {"lags_s", "_lags_s", "offsets_s", "_offsets_s", "far_s", "_anchors", "_columns"}
AXES |= {"shape", "shape_signature"}
"""Attributes that hold no data of people: lags, offsets, anchors, columns, the runtime's descriptors."""
MISSING = -(1 << 15)
RATE_HZ, SECONDS = 15, 260  # measures want three minutes


def held(root):
    """Return {path: array} and {path: native object} of everything reachable from an object."""
    arrays, natives, seen, stack = {}, {}, {}, [(type(root).__name__, root)]
    while stack:
        path, one = stack.pop()
        if (
            id(one) in seen
            or inspect.ismodule(one)
            or inspect.isroutine(one)
            or isinstance(one, (type, Enum))
        ):
            continue
        seen[id(one)] = one
        if isinstance(one, np.ndarray):
            arrays[path] = one
            continue
        if hasattr(one, "memory"):
            natives[path] = one
        stack += [(f"{path}.{name}", value) for name, value in _parts(one)]
    return arrays, natives


def _parts(one):
    """Yield the names and values of what an object or container holds."""
    if isinstance(one, dict):
        yield from ((str(key), value) for key, value in one.items() if key not in AXES)
    elif isinstance(one, (list, tuple, set, frozenset, deque)):
        yield from ((str(k), value) for k, value in enumerate(one))
    elif type(one).__module__.startswith("edge.") and not type(one).__module__.startswith("edge.config"):
        slots = [name for kind in type(one).__mro__ for name in getattr(kind, "__slots__", ())]
        names = [*getattr(one, "__dict__", {}), *slots]
        yield from ((name, getattr(one, name)) for name in names if name not in AXES and hasattr(one, name))


def blank(array):
    """Whether an array holds one filling only."""
    if np.issubdtype(array.dtype, np.floating):
        return bool(np.isnan(array).all() or not array.any())
    return bool(not array.any() or (array == MISSING).all())


def blank_native(one):
    """Whether a native object holds NaN, missing samples and zeros only."""
    for part in one.memory:
        values = np.frombuffer(part, np.int16) if isinstance(part, bytes) else np.nan_to_num(part)
        if not np.isin(values, (0, MISSING)).all():
            return False
    return True


def not_blank(arrays, natives):
    """Return the paths that hold anything."""
    left = [path for path, array in arrays.items() if not blank(array)]
    return left + [path for path, one in natives.items() if not blank_native(one)]


def owners(paths):
    """Return the attribute of each path."""
    return {path.rsplit(".", 1)[-1] for path in paths if not path.rsplit(".", 1)[-1].isdigit()}


def sample(rng, state, k, person):
    """Return one person's signals at frame k: a slow walk with noise and now and then a smile."""
    state += 0.02 * (rng.normal(size=state.shape) - 0.3 * state)
    raw = state / 10 + 0.002 * rng.normal(size=state.shape)
    raw[CHANNELS.index("AU12")] += 0.3 * max(0.0, np.sin(k / RATE_HZ + 0.3 * person)) ** 8
    return Expression(
        t_ns=round(k * 1e9 / RATE_HZ),
        index=k,
        person=person,
        raw=raw,
        x=raw,
        pose_rad=(0.01, 0.0, 0.0),
        canthus_px=90.0,
        presence=1.0,
        box_px=(0.0, 0.0, 80.0, 80.0),
    )


def test_a_mute_blanks_every_array_of_the_signals():
    """Calibration, tapes, rings, correlator, peaks, findings: filled after minutes, blank after a wipe."""
    rng, people = np.random.default_rng(5), (3, 8, 11)
    states = {person: rng.normal(size=len(CHANNELS)) for person in people}
    calibrate, engine = Expressions(Config().expression), SignalEngine(Config())
    for k in range(RATE_HZ * SECONDS):
        row = [calibrate.update_raw(sample(rng, states[one], k, one)) for one in people]
        engine.update(row, row[0].t_ns)
    arrays, natives = {}, {}
    for part in (calibrate, engine):
        some, more = held(part)
        arrays |= some
        natives |= more
    filled = not_blank(arrays, natives)
    wanted = {
        "_ring",
        "_value",
        "_peaks",
        "_profile",
        "_single",
        "_correlator",
        "_window",
        "_jumps",
        "_levels",
    }
    wanted |= {
        "raw",
        "smooth",
        "t_ns",
        "pose_rad",
        "_base",
        "_scale",
        "_aim_scale",
        "draws",
        "sd",
        "_u",
        "_y",
    }
    assert wanted <= owners(filled), sorted(wanted - owners(filled))
    calibrate.wipe()
    engine.wipe()
    assert not_blank(arrays, natives) == []
    assert not held(calibrate)[1]


def test_a_mute_blanks_every_array_behind_the_camera():
    """Model buffers, head shapes and pose regressions: filled after twenty frames, blank after a wipe."""
    engine = Engine(Config(), seed=1)
    with open_camera(CameraSection(source="stage", path="firmware_configs/stage/demo.yaml")) as camera:
        for frame, _ in zip(camera, range(20), strict=False):
            engine.update(frame)
    arrays, natives = held(engine)
    filled = owners(not_blank(arrays, natives))
    assert {"input", "_shape", "_leak", "raw"} <= filled
    engine.wipe()
    assert not_blank(arrays, natives) == []


@pytest.mark.parametrize("room", ["calibrate", "spotter"])
def test_one_person_who_left_is_overwritten(room):
    """`drop` blanks one person's arrays and leaves the others'."""
    rng = np.random.default_rng(6)
    one = Expressions(Config().expression) if room == "calibrate" else Spotter(Config().events)
    states = {person: rng.normal(size=len(CHANNELS)) for person in (1, 2)}
    for k in range(60):
        for person, state in states.items():
            (one.update_raw if room == "calibrate" else one.update)(sample(rng, state, k, person))
    gone, stays = (held(one._people[person]) for person in (1, 2))
    assert not_blank(*gone)
    before = not_blank(*stays)
    one.drop(1)
    assert not_blank(*gone) == []
    assert not_blank(*stays) == before
