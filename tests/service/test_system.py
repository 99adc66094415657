"""The board's state, read from a folder that looks like /."""

import dataclasses

import pytest

from edge.service import Governor, SystemProbe

UNIT = "sys/fs/cgroup/system.slice/mimicry-edge.service"


@pytest.fixture
def root(tmp_path):
    """Return a folder that looks like a cool Raspberry Pi."""
    for path, text in {
        "sys/class/thermal/thermal_zone0/temp": "61200",
        "sys/class/thermal/thermal_zone1/temp": "-1",
        "sys/devices/platform/soc/soc:firmware/get_throttled": "50000",
        "proc/meminfo": "MemTotal: 4000000 kB\nMemAvailable:   2890000 kB\n",
        "proc/self/statm": "1000 250 0 0 0 0 0",
        "proc/self/cgroup": "0::/system.slice/mimicry-edge.service\n",
        f"{UNIT}/memory.current": "100000000",
        f"{UNIT}/memory.max": "800000000",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_a_cool_board(root):
    """Every value is read, past throttling (the upper bits) is no trouble."""
    health = SystemProbe(root, root).read(0.0, 1e9)
    assert (health.temp_c, health.throttled) == (61.2, 0x50000)
    assert round(health.mem_free_mb) == 2959
    assert health.rss_mb == 1.024
    assert set(health.troubles) <= {"disk"}


@pytest.mark.parametrize(
    ("path", "just_short", "text", "trouble"),
    [
        ("sys/class/thermal/thermal_zone0/temp", "79900", "80000", "hot"),
        ("sys/devices/platform/soc/soc:firmware/get_throttled", "0xf0000", "0x50005", "throttled"),
        (
            f"{UNIT}/memory.current",
            "719000000",
            "720000000",
            "memory",
        ),
    ],
)
def test_each_trouble_is_named_and_goes_away(root, path, just_short, text, trouble):
    """A trouble is in the list while it holds and not after."""
    probe, before = SystemProbe(root, root), (root / path).read_text()
    (root / path).write_text(just_short)
    assert trouble not in probe.read(0.0, 0.0).troubles
    (root / path).write_text(text)
    assert trouble in probe.read(0.0, 0.0).troubles
    (root / path).write_text(before)
    assert trouble not in probe.read(1.0, 1.0).troubles


def test_a_clock_jump_is_seen_once(root):
    """The wall clock that jumps against the monotonic one, either way, is a trouble once; a drift is none."""
    probe = SystemProbe(root, root)
    looks = [(0, 100), (1, 101.5), (2, 102.0), (3, 3703.0), (4, 3704.0), (5, 10), (6, 12)]
    jumped = ["clock_jump" in probe.read(now_s, wall_s).troubles for now_s, wall_s in looks]
    assert jumped == [False, False, False, True, False, True, True]


@pytest.mark.parametrize("content", [None, "", "garbage", "\0"])
def test_what_cannot_be_read_is_none(root, content):
    """Missing or senseless files give None, never an exception."""
    for path in root.rglob("*"):
        if path.is_file():
            path.unlink() if content is None else path.write_text(content)
    health = SystemProbe(root / "none", root).read(0.0, 0.0)
    values = (health.temp_c, health.throttled, health.mem_free_mb, health.disk_share)
    assert values == (None,) * 4
    assert health.troubles == ()


def test_the_real_machine():
    """On the machine of the test memory and disk can be read."""
    health = SystemProbe("/").read(0.0, 0.0)
    assert health.mem_free_mb > 1
    assert health.disk_free_mb > 0
    assert health.rss_mb > 1


def test_a_hot_board_drops_frames_first(root):
    """Hot: every second frame; very hot: every third; only a cooled board goes back to all of them."""
    health = SystemProbe(root, root).read(0.0, 0.0)
    governor = Governor()
    path = [(60, 1), (79, 1), (80, 2), (76, 2), (85, 3), (81, 3), (75, 3), (73, 1), (None, 1)]
    for temp_c, every_n in path:
        assert governor.update(dataclasses.replace(health, temp_c=temp_c)) == every_n
