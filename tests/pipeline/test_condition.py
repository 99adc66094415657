"""What a device is doing, told apart: each condition by its word, its reason and its own light."""

from dataclasses import replace

import pytest

from edge.pipeline.commands import EXIT_RESTART, RESTART_S, Commands
from edge.pipeline.health import Snapshot, health_body, status_line
from edge.pipeline.lately import Lately
from edge.pipeline.meter import Meter
from edge.pipeline.requests import Requests
from edge.service import SystemHealth
from edge.service._local import BLINK_S

SECOND = 1_000_000_000
BOARD = SystemHealth(
    temp_c=None,
    throttled=None,
    mem_free_mb=None,
    rss_mb=None,
    disk_free_mb=None,
    disk_share=None,
    troubles=(),
)


def looks(*frames):
    """Return what was seen in frames a second apart."""
    lately = Lately()
    for second, reasons in enumerate(frames):
        lately.update(reasons, second * SECOND)
    return lately


FINE = Snapshot(
    meter=Meter(),
    camera={"state": "ok"},
    infer={},
    stage_ms=({}, {}),
    every_n=1,
    problems=(),
    adjusted=(),
    safe=False,
    muted_by=None,
    camera_lost=False,
    blind_cameras=False,
    models="",
    blind=False,
    missing={},
    lately=looks([None]),
    tells=True,
    connected=True,
    deaf="",
)
CASES = {
    "measuring": ({}, ""),
    "nobody": ({"lately": looks([])}, "nobody seen"),
    "unmeasurable": (
        {"lately": looks(["down"], ["down"], ["down", "small"])},
        "nothing measurable: looking down 75%, too small in the picture 25%",
    ),
    "hub_away": ({"connected": False}, "the hub is away, results are kept"),
    "deaf": ({"deaf": "nothing arrives"}, "deaf, nothing arrives"),
    "degraded": ({"camera": {"state": "stalled"}}, "degraded, no pictures from the camera"),
    "safe": ({"safe": True, "problems": ("x: 1",)}, "safe mode, the configuration is bad: x: 1"),
    "muted": ({"muted_by": ("local", "room")}, "muted by local, room"),
}


@pytest.mark.parametrize("word", CASES)
def test_each_condition_is_told_apart(word):
    """Health, status line and light have a word, a reason and a rhythm for each condition."""
    changes, why = CASES[word]
    now = replace(FINE, **changes)
    body = health_body(now, BOARD)
    assert (body["condition"], body["why"]) == (word, why)
    status = status_line(now)
    assert {"measuring": "measuring, 0 faces", "hub_away": "hub away", "deaf": "deaf"}.get(
        word, why
    ) in status


def test_of_few_people_health_says_what_the_camera_sees():
    """Below the smallest group neither `missing` nor `why` says what somebody does."""
    now = replace(FINE, missing={"down": 0.6, "dark": 0.2}, lately=looks(["down"], ["small"]))
    assert health_body(now, BOARD)["missing"] == {"down": 0.6, "dark": 0.2}
    few = replace(now, tells=False)
    body = health_body(few, BOARD)
    assert body["missing"] == {"dark": 0.2}
    assert body["why"] == "nothing measurable: too small in the picture 50%"
    assert "down" not in status_line(few)
    assert replace(few, lately=looks(["down"])).condition == ("unmeasurable", "nothing measurable")


def test_the_graver_condition_wins():
    """From the mildest to the gravest, each one added hides those before; off is for muted alone."""
    now = FINE
    for word in CASES:
        now = replace(now, **CASES[word][0])
        assert now.condition[0] == {"deaf": "hub_away"}.get(word, word)
    assert set(BLINK_S) == set(CASES) - {"measuring", "muted"} | {"identify", "aiming"}
    assert len(set(BLINK_S.values())) == len(BLINK_S)


def test_what_was_long_ago_is_forgotten():
    """Ten seconds count; a look that was too dark to show anybody is no empty room; a mute forgets all."""
    assert looks([None], *[[]] * 10).measurable
    assert not looks([None], *[[]] * 11).seen
    assert looks(["dark"]).seen
    lately = looks([None])
    lately.wipe()
    assert (lately.seen, lately.measurable, lately.missing()) == (False, False, {})


def test_what_the_building_may_ask():
    """Identify needs a light and lasts ten seconds; a restart that comes too soon would end in none."""
    requests = Requests()
    commands = Commands(requests, 1000.0, has_light=True)
    assert commands.obey("identify", 1001.0) == {"ok": True}
    assert (commands.identifying(1010.9), commands.identifying(1011.0)) == (True, False)
    assert "got none" in Commands(requests, 0.0, has_light=False).obey("identify", 1.0)["error"]
    assert "a start 5 s ago" in commands.obey("restart", 1005.0)["error"]
    assert requests.status is None
    assert commands.obey("restart", 1000.0 + RESTART_S) == {"ok": True}
    assert requests.status == EXIT_RESTART
    assert commands.obey("format", 1e9)["ok"] is False


@pytest.mark.parametrize(
    ("lost", "why"),
    [
        ({"camera_lost": True, "blind_cameras": True}, "degraded, no camera"),
        ({"camera_lost": True}, "degraded, a camera is lost"),
    ],
)
def test_a_lost_camera_is_told_from_all_of_them(lost, why):
    """One camera of several that is given up is no device without a camera."""
    assert replace(FINE, **lost).condition == ("degraded", why)


def test_what_a_camera_adjusts_makes_nothing_unmeasurable():
    """Another size than configured is among the problems of the health message and changes nothing else."""
    now = replace(FINE, adjusted=("the camera delivers 640 x 480 px",))
    body = health_body(now, BOARD)
    assert (body["condition"], body["config"]["problems"]) == ("measuring", list(now.adjusted))
