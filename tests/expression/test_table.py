"""The channel table against formulas written out by hand and against what the document says of it."""

import re
from pathlib import Path

import numpy as np
import pytest

from edge.expression import CHANNELS, TABLE
from edge.expression.channels import ACTIVE
from edge.expression.features import eye_aspect, features
from tests.expression import formulas

PAGE = (Path(__file__).parents[2] / "docs/signals.md").read_text()
PRIOR = re.compile(
    r"^\| (AU[AU\d, ]+) \| ([\d.]+) \| ([\d.]+) \| (up|both ways) \| (upper|lower) \| (\d+) \| (\d+) \|$",
    re.MULTILINE,
)
TIER = re.compile(r"^\| (AU[AU\d, ]+) \| [^|]+ \| ([ABC]) \|$", re.MULTILINE)


def test_every_channel_is_its_formula():
    """On points drawn at random, where no symmetry hides a wrong landmark, each feature is its formula."""
    rng = np.random.default_rng(2)
    for _ in range(5):
        mesh = rng.normal(size=(468, 3))
        expected = formulas.features(mesh)
        found = dict(zip(CHANNELS, features(mesh), strict=True))
        assert found.pop("AU45") != found["AU12"]
        assert found == pytest.approx(expected, rel=1e-12)
        assert eye_aspect(mesh) == pytest.approx(formulas.eye_aspect(mesh), rel=1e-12)


def test_priors_are_those_of_the_document():
    """Scale, noise, direction, part of the face and limits of each channel stand in the document's table."""
    told = {
        name: (float(scale), float(noise), moves == "both ways", face == "upper", float(yaw), float(pitch))
        for names, scale, noise, moves, face, yaw, pitch in PRIOR.findall(PAGE)
        for name in names.split(", ")
    }
    found = {
        one.name: (one.scale, one.noise, one.bipolar, one.upper, one.max_yaw_deg, one.max_pitch_deg)
        for one in TABLE
    }
    assert found == told


def test_tiers_are_those_of_the_document():
    """Each channel's tier stands in the document, and tiers A and B are the active ones."""
    told = {name: tier for names, tier in TIER.findall(PAGE) for name in names.split(", ")}
    assert {one.name: one.tier for one in TABLE} == told
    assert ACTIVE.tolist() == [told[name] != "C" for name in CHANNELS]
