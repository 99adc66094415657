"""The terminal view, drawn to consoles of fixed size from payloads as a device sends them."""

import io
import itertools
import json
import subprocess
import sys

import pytest
from paho.mqtt.publish import multiple
from rich.cells import cell_len
from rich.console import Console

from edge.cli.view import DeviceView, compose, plain
from edge.cli.view.paint import BARS, bins, spark
from edge.view.words import MOVEMENTS, STATES
from tests.publish.broker import Broker
from tests.view import scenes

SIZES = [(80, 24), (100, 30), (132, 43), (200, 60), (60, 16), (40, 10), (20, 4)]


def draw(view, now_s, width, height):
    """Render as a terminal would and return the lines."""
    console = Console(record=True, width=width, height=height, force_terminal=True, file=io.StringIO())
    console.print(compose(view, now_s, width, height))
    return console.export_text().split("\n")[:-1]


def met(**changes):
    """Return a view after a minute, and its time."""
    view = DeviceView()
    return view, scenes.meeting(view, **changes)


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("people", [0, 1, 2, 3, 6, 12])
def test_it_fits_every_size(width, height, people):
    """Whatever the terminal and the number of people: exactly its lines, none wider than it."""
    view, now_s = met(ids=tuple(range(1, people + 1)), seconds=8)
    lines = draw(view, now_s, width, height)
    assert len(lines) == height, lines
    assert max(cell_len(one) for one in lines) <= width


def test_everything_is_on_a_small_screen():
    """80 x 24 shows condition, people, signals, the pair with lag, z and null, events, stages, losses."""
    text = "\n".join(draw(*met(), 80, 24))
    for words in (
        "● measuring",
        "mimicry-2f26",
        "3 people · 29.8 fps · profile research",
        "▲ above chance   index 0.71   null 0.02±0.05   p 0.004",
        "Smile",
        "Brow",
        "▲ 0.70 s  z +8.1",
        "0.42 vs 0.02±0.05",
        "≈ 0.30 s  z +0.4",
        "lip corners up 1.2 s",
        "17.6 ms a frame  faces 2.1 mesh 14.2",
        "12 dropped",
    ):
        assert words in text, words


def test_the_matrix_says_who_moves_first():
    """A positive lag puts the pair into the row of its first person, a negative one of its second."""
    for lag_s, row in ((0.7, 3), (-0.7, 7)):
        view, now_s = met(ids=(3, 7), pairs=[scenes.pair(3, 7, "above", lag_s, 8.1)])
        line = next(one for one in draw(view, now_s, 80, 24) if "▲ 0.70 s" in one)
        assert line.split()[0] == str(row)


@pytest.mark.parametrize("state", STATES)
def test_states_differ_without_colour(state):
    """Every state has a mark of its own."""
    view, now_s = met(ids=(3, 7), pairs=[scenes.pair(3, 7, state, 0.7, 1.0)], state=state)
    lines = draw(view, now_s, 80, 24)
    assert STATES[state][0] + " 0.70 s" in "\n".join(lines)
    assert STATES[state][1] in lines[2]
    assert len({mark for mark, _ in STATES.values()}) == len(STATES)


def test_not_measurable_is_a_dash():
    """Values that are null are dashes and blanks, never 0."""
    view, now_s = met(
        ids=(3, 7),
        pairs=[scenes.pair(3, 7, "insufficient")],
        index=None,
        null=None,
        p=None,
        state="insufficient",
        reason="unseen",
    )
    for one in view.live["people"]:
        one["signals"] = dict.fromkeys(one["signals"])
        one["yaw_deg"] = None
    view.samples.clear()
    view.update("live", view.live, now_s)
    text = "\n".join(draw(view, now_s, 80, 24))
    assert "learning this face" in text
    assert "index –" in text
    assert "not enough data: seen for too little of the time" in text
    assert "0.00" not in text


def test_people_come_and_go():
    """People who enter and leave are told once, and those who left are no longer drawn."""
    view = DeviceView()
    for t_s, ids in ((0.0, (3,)), (1.0, (3, 7)), (2.0, (3, 7)), (3.0, (7,))):
        view.update("live", scenes.live(t_s, ids), t_s)
    assert [one.words for one in view.happenings] == ["3 came", "7 came", "3 left"]
    assert not [one for one in draw(view, 3.0, 80, 24) if one.startswith("  3  ")]


def test_the_room_level_profile_shows_the_room():
    """Where the profile tells no people, the count is told and no person is drawn."""
    view = DeviceView()
    for t_s, count in ((0.0, 3), (1.0, 4)):
        body = scenes.live(t_s, profile="workplace") | {"count": count}
        del body["people"], body["pairs"], body["movements"]
        view.update("live", body, t_s)
    text = "\n".join(draw(view, 1.0, 80, 24))
    assert "4 present; profile workplace publishes the room only" in text
    assert "Who follows whom" not in text
    assert [one.words for one in view.happenings] == ["3 people", "4 people"]


def test_mute_wipes_the_screen():
    """Muting removes every number of the meeting, says who muted, and says when measuring goes on."""
    view, now_s = met()
    view.update("privacy", {"state": "OFF", "sources": {"local": False}}, now_s)
    view.update("privacy", {"state": "ON", "sources": {"local": True, "room": True}}, now_s)
    text = "\n".join(draw(view, now_s, 80, 24))
    assert "■ muted" in text
    assert "Muted  by local and room; the camera is closed" in text
    assert not [words for words in ("0.71", "lip corners", "▲", "AU12") if words in text]
    view.update("privacy", {"state": "OFF", "sources": {}}, now_s)
    assert view.happenings[-1].words == "measuring again"


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("availability", {"state": "offline"}, "✖ offline"),
        ("health", scenes.HEALTH | {"camera": {"state": "stalled"}}, "! camera stalled"),
        ("health", scenes.HEALTH | {"mode": "degraded"}, "! degraded"),
        ("health", scenes.HEALTH | {"mode": "safe"}, "! safe"),
    ],
)
def test_trouble_stands_at_the_top(kind, body, words):
    """What is wrong replaces `measuring` in the first line and is told in the ticker."""
    view, now_s = met()
    view.update(kind, body, now_s)
    assert draw(view, now_s, 80, 24)[0].startswith(words)
    assert view.happenings[-1].mark == "!"


def test_old_numbers_are_called_old():
    """Without live data for some seconds the screen says for how long."""
    view, now_s = met()
    assert draw(view, now_s + 4, 80, 24)[0].startswith("● measuring")
    assert draw(view, now_s + 9, 80, 24)[0].startswith("○ no live data for 9 s")
    assert draw(DeviceView(), 0.0, 80, 24)[0].startswith("○ waiting")


def test_episodes_are_told_once():
    """An episode's updates are not repeated; its end is told."""
    view = DeviceView()
    for kind in ("start", "update", "update", "end"):
        view.update("event", scenes.episode(kind, 5.0), 0.0)
    assert [one.words for one in view.happenings] == [
        "7 follows 3 by 0.70 s: now above chance, p 0.004",
        "7 follows 3 by 0.70 s: no longer above chance",
    ]


def test_unknown_and_empty_payloads_do_no_harm():
    """A payload without fields, with nulls everywhere or of a new kind is drawn without an error."""
    view = DeviceView()
    bodies = [
        {},
        {"t_s": None, "people": None, "pairs": None, "stage_ms": None, "movements": None, "null": None},
    ]
    bodies.append({"people": [{"id": 1}], "pairs": [{"pair": [1, 2]}], "stage_ms": {"mesh": None}})
    for kind, body in itertools.product(
        ("live", "event", "health", "privacy", "availability", "new"), bodies
    ):
        view.update(kind, body, 1.0)
        assert len(draw(view, 1.0, 80, 24)) == 24


ODD = ["\x1b[2J", -1, 1e308, float("inf"), [], {}, [1], {"a": 1}, None]


@pytest.mark.parametrize("kind", ["live", "event", "health", "summary", "privacy"])
def test_hostile_payloads_are_lines_and_no_commands(kind):
    """Whatever is in any field, a screen without control codes is drawn, and the next live payload counts."""
    bodies = {
        "live": scenes.live(9.0, (3, 7), movements=[scenes.movement(3, "AU12", 8.0, 8.5)]),
        "event": scenes.episode("start", 9.0),
        "health": {"mode": "run", "camera": {"state": "run"}, "spool": {"rows": 1}, "sys": {"temp_c": 50}},
        "summary": {"t_s": 9.0, "seen": [{"id": 3, "seconds": 9, "missing": {}}], "missing": {"dark": 0.2}},
        "privacy": {"state": "OFF", "sources": {"local": False}},
    }
    for path, value in itertools.product(list(_paths(bodies[kind])), ODD):
        view, _ = met(ids=(3, 7), seconds=1)
        view.update(kind, _changed(bodies[kind], path, value), 60.0)
        assert "\x1b" not in compose(view, 60.0, 120, 30).plain + plain(view)
        view.update("live", bodies["live"], 61.0)
        assert view.live.get("t_s") == 9.0, (path, value)


def _paths(body, path=()):
    """Yield the way to every value."""
    items = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from _paths(value, (*path, key))


def _changed(body, path, value):
    """Return a copy with another value at a path."""
    if not path:
        return value
    copy = body.copy()
    copy[path[0]] = _changed(body[path[0]], path[1:], value)
    return copy


def test_bins_stand_still():
    """A step of time keeps its bar while time goes on: the sparkline moves left and does not shimmer."""
    samples = [(k * 0.2, float(k % 7)) for k in range(200)]
    before = bins(samples, end_s=30.1, step_s=0.5, n=20)
    assert bins(samples, end_s=30.4, step_s=0.5, n=20) == before
    assert bins(samples, end_s=30.6, step_s=0.5, n=20)[:-1] == before[1:]
    assert bins([(0.0, 1.0), (5.0, None)], end_s=5.0, step_s=0.5, n=4) == [None] * 4


def test_bars_rise_with_the_signal():
    """Bars are monotone in the value, use the whole height, and leave the not measurable blank."""
    (line,) = spark([float(k) for k in range(9)], "red", 1)
    assert line.plain == "▁" + BARS
    upper, lower = spark([0.0, 4.0, 8.0, None], "red", 2)
    assert (upper.plain, lower.plain) == ("  █ ", "▁██ ")


def test_movements_have_names_of_muscles_only():
    """The words for movements name what moves, not what it might mean."""
    assert {word for words in MOVEMENTS.values() for word in words.split()} <= {
        "inner",
        "outer",
        "brow",
        "up",
        "down",
        "cheek",
        "nose",
        "wrinkle",
        "lip",
        "corners",
    }


def test_the_plain_line():
    """The plain form tells count, room, pairs away from chance and the frame rate in one line."""
    view, _ = met()
    assert plain(view) == (
        "3 people | room 0.71 vs 0.02±0.05 above chance | "
        "7 follows 3 by 0.70 s above chance, z +8.1 | 29.8 fps"
    )


@pytest.fixture
def broker(tmp_path):
    """Start a real Mosquitto on a free port of loopback."""
    with Broker(tmp_path / "broker") as running:
        yield running.port


def test_watch_hears_a_broker(broker):
    """`watch --once` draws what a device publishes to a real broker; `--headless` prints lines."""
    base = "site/devices/mimicry-2f26"
    say = [
        (f"{base}/availability", "online", 1, True),
        (f"{base}/health", json.dumps(scenes.HEALTH), 1, True),
        (f"{base}/mimicry/live", json.dumps(scenes.live(12.0)), 1, True),
    ]
    multiple(say, hostname="127.0.0.1", port=broker)
    command = [sys.executable, "-m", "edge", "watch", "--broker", f"mqtt://127.0.0.1:{broker}"]
    once = subprocess.run([*command, "--once"], capture_output=True, text=True, timeout=60, check=True)
    assert "● measuring   mimicry-2f26" in once.stdout
    assert "▲ 0.70 s" in once.stdout
    lines = subprocess.run(
        [*command, "--headless", "--seconds", "4"], capture_output=True, text=True, timeout=60, check=True
    )
    assert "3 people | room 0.71" in lines.stdout
    assert "3 came" in lines.stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--broker", "http://x"], "error: expected mqtt[s]://HOST"),
        (["--password-file", "/no/such/file"], "error: expected a readable password file"),
    ],
)
def test_watch_refuses_bad_options(options, words):
    """An address that is none and a password file that is missing are one line each and exit 1."""
    done = subprocess.run(
        [sys.executable, "-m", "edge", "watch", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(words)
    assert done.stderr.count("\n") == 1


def test_missing_time_is_told():
    """A line below the room names why people were not measurable; without such time there is none."""
    view, now_s = met()
    assert not any("not measurable" in one for one in draw(view, now_s, 100, 32))
    view.update("health", {"missing": {"turned": 0.31, "warm_up": 0.12, "small": 0.002}}, now_s)
    (told,) = [one for one in draw(view, now_s, 100, 32) if "not measurable" in one]
    assert told.rstrip() == "Time not measurable  turned away 31%, own level being learnt 12%"
    view.update("privacy", {"state": "ON", "sources": {"local": True}}, now_s)
    assert not any("not measurable" in one for one in draw(view, now_s, 100, 32))
