"""The shipped configuration files load, are complete, and hold only what they must."""

import itertools
import math
import re
from pathlib import Path

import pytest
import yaml

from edge.config import Config, load
from edge.config._document import document

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "firmware_configs"
FILES = sorted(FOLDER.glob("*.yaml"))
BOARDS = {"pi5-imx708", "pi4-imx219", "pi5-global-shutter", "jetson-orin-csi", "usb-camera"}
PAIRS = {"pi5-two-imx708", "jetson-orin-two-csi"}
ROOMS = {"room-huddle", "room-board"}


def test_every_promised_file_is_there():
    """One complete default, five boards, two with a pair of cameras, two rooms."""
    assert {path.stem for path in FILES} == {"default", *BOARDS, *PAIRS, *ROOMS}


def test_the_default_file_is_complete():
    """`default.yaml` is what the dataclasses say: `python -m edge.config > firmware_configs/default.yaml`."""
    assert (FOLDER / "default.yaml").read_text() == document()
    assert load(FOLDER / "default.yaml") == Config()


def test_every_setting_is_explained():
    """Above every key of `default.yaml` stands what it means, not only its range."""
    lines = (FOLDER / "default.yaml").read_text().splitlines()
    for above, line in itertools.pairwise(lines):
        if re.match(r"  [a-z_]+:", line):
            assert above.startswith("  # "), line


@pytest.mark.parametrize("path", [*FILES, ROOT / "systemd/config.yaml"], ids=lambda path: path.stem)
def test_each_file_loads(path):
    """Every shipped file passes the strict loader."""
    load(path)


@pytest.mark.parametrize("name", sorted(BOARDS | PAIRS | ROOMS))
def test_boards_and_rooms_combine(name, tmp_path):
    """Every board goes with every room as drop-ins of one configuration."""
    for other in sorted(BOARDS | PAIRS if name in ROOMS else ROOMS):
        drop_ins = tmp_path / other / "config.d"
        drop_ins.mkdir(parents=True)
        (tmp_path / other / "config.yaml").write_text("publish: {host: hub.local}")
        for number, part in enumerate(sorted({name, other})):
            (drop_ins / f"{number}-{part}.yaml").write_text((FOLDER / f"{part}.yaml").read_text())
        assert load(tmp_path / other / "config.yaml").publish.host == "hub.local"


@pytest.mark.parametrize(
    ("name", "f_px", "distance_m", "between_canthi_px"),
    [
        ("pi5-imx708", 1536 / 2 / math.tan(math.radians(33)), 2.0, 53),
        ("pi4-imx219", 1640 / 2 / math.tan(math.radians(31.1)), 2.0, 60),
        ("pi5-global-shutter", 6000 / 3.45, 1.5, 103),
        ("jetson-orin-csi", 1640 / 2 / math.tan(math.radians(31.1)), 2.0, 60),
        ("pi5-two-imx708", 1536 / 2 / math.tan(math.radians(33)), 2.0, 53),
        ("jetson-orin-two-csi", 1640 / 2 / math.tan(math.radians(31.1)), 2.0, 60),
        ("usb-camera", 1280 / 2 / math.tan(math.radians(39)), 1.0, 70),
        ("room-huddle", 1536 / 2 / math.tan(math.radians(33)), 2.0, 53),
        ("room-board", 2304 / 2 / math.tan(math.radians(33)), 4.0, 39),
    ],
)
def test_the_pixel_budget_in_the_comments(name, f_px, distance_m, between_canthi_px):
    """The pixels a file promises between the outer canthi are f * 8.89 cm / distance."""
    assert round(f_px * 0.0889 / distance_m) == between_canthi_px
    text = (FOLDER / f"{name}.yaml").read_text()
    assert f"{between_canthi_px} px" in " ".join(text.replace("\n#", " ").split())
    width_px = yaml.safe_load(text).get("camera", {}).get("width_px", 1536)
    assert f"{width_px}" in text.replace("1456 x", "1456 ")


@pytest.mark.parametrize("name", sorted(PAIRS))
def test_a_pair_of_cameras_differs_in_what_it_must(name):
    """Each of two cameras has the common settings of `camera` and a sensor of its own."""
    one, other = load(FOLDER / f"{name}.yaml").views
    assert (one.number, one.launch) != (other.number, other.launch)
    assert (one.width_px, one.height_px, one.rate_hz) == (other.width_px, other.height_px, other.rate_hz)
