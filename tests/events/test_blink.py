"""Blinks by what both eyes do: high ones anywhere, faint ones far above the noise of a still head."""

from dataclasses import replace

import numpy as np
import pytest

from edge.config.sections import EventsSection
from edge.events import Spotter
from tests.events.scene import Scene, bump

AT_S, NOISE = 6.0, 0.004


def blinks(height, *, noise=NOISE, nod_deg=0.0, share=1.0, growth_s=0.0):
    """Return the apexes of the blinks of eyes that close once, the left one by a share of the right."""
    scene = Scene(10)
    scene.pose[:, 1] += np.radians(nod_deg) * bump(scene.t_s, AT_S, 0.3)
    shut = height * bump(scene.t_s, AT_S, 0.24)
    eyes = np.stack([shut, share * shut]).T + noise * scene.rng.standard_normal((len(shut), 2))
    spotter = Spotter(EventsSection())
    found = []
    for one, closure, t_s in zip(scene.expressions(), eyes, scene.t_s, strict=True):
        canthus_px = scene.canthus_px * np.exp(growth_s * np.clip(t_s - AT_S, 0.0, 0.3))
        found += spotter.update(replace(one, closure=tuple(closure), canthus_px=canthus_px))
    return [e.apex_ns * 1e-9 for e in found + spotter.finish() if e.channel == "AU45" and e.brief]


@pytest.mark.parametrize("height", [0.05, 0.08, 0.12, 0.3])
def test_a_closure_is_a_blink_at_its_time(height):
    """From a faint one behind glasses to a full one: one blink, where it is."""
    assert blinks(height) == pytest.approx([AT_S + 0.12], abs=0.05)


@pytest.mark.parametrize(
    ("height", "changed"),
    [
        (0.035, {}),
        (0.08, {"noise": 0.012}),
        (0.06, {"nod_deg": 2.8}),
        (0.3, {"share": 0.2}),
    ],
)
def test_what_is_lower_noisier_nodding_or_of_one_eye_is_none(height, changed):
    """Too faint; faint in noise; faint while the head nods; a wink."""
    assert blinks(height, **changed) == []


def test_a_full_blink_may_nod():
    """Where the eyes close by far, the head may move."""
    assert len(blinks(0.3, nod_deg=4.0)) == 1


@pytest.mark.parametrize(("growth_s", "n"), [(0.65, 1), (-0.65, 1), (0.75, 0), (-0.75, 0)])
def test_a_face_that_grows_does_not_blink(growth_s, n):
    """A face that grows or shrinks by more than seven tenths a second is a mesh that slips."""
    assert len(blinks(0.3, growth_s=growth_s)) == n
