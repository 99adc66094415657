"""A bad configuration never bricks the device."""

import pytest

from edge.config import Config, dump, parse
from edge.errors import ConfigError
from edge.service import LastGood, boot_config, reload_config

GOOD = "publish: {host: hub.local, live_hz: 2}\n"


@pytest.fixture
def place(tmp_path):
    """Return a configuration file that is good and an empty state folder."""
    (tmp_path / "state").mkdir()
    (tmp_path / "config.yaml").write_text(GOOD)
    return tmp_path / "config.yaml", tmp_path / "state"


def test_a_good_file_is_in_force(place):
    """A good file boots as it is."""
    path, state = place
    boot = boot_config(path, state)
    assert (boot.config, boot.problems, boot.safe) == (parse(GOOD), (), False)


@pytest.mark.parametrize(
    "bad", ["publish: {hots: x}", "publish: {host: ''}", "\x00\xff", "[", "version: 77", "\tx: 1", ""]
)
def test_a_bad_file_leaves_the_last_good_one_in_force(place, bad):
    """Whatever the file holds, the last good configuration is in force and the problems are told."""
    path, state = place
    LastGood(state).save(boot_config(path, state).config)
    path.write_text(bad)
    boot = boot_config(path, state)
    assert boot.config == parse(GOOD)
    assert boot.safe is True
    assert all("expected" in problem for problem in boot.problems)


def test_a_vanished_file_too(place):
    """A file that is gone is a bad one."""
    path, state = place
    LastGood(state).save(parse(GOOD))
    path.unlink()
    assert boot_config(path, state).config == parse(GOOD)


@pytest.mark.parametrize("content", [None, "", "garbage: [", "publish: {host: ''}", "\0" * 100])
def test_without_a_last_good_one_the_error_is_raised(place, content):
    """Where there is no last good configuration, or a damaged one, the service refuses to start."""
    path, state = place
    path.write_text("publish: {port: 0}")
    if content is not None:
        (state / "last-good.yaml").write_text(content)
    with pytest.raises(
        ConfigError, match=r"config.yaml:1: publish.port: expected an integer 1..65535, got 0"
    ):
        boot_config(path, state)


def test_the_last_good_file_is_whole_or_old(place):
    """Saving replaces the whole file, the same again writes nothing, no folder or noise raises nothing."""
    _, state = place
    LastGood(state).save(parse(GOOD))
    first = (state / "last-good.yaml").stat().st_mtime_ns
    LastGood(state).save(parse(GOOD))
    assert (state / "last-good.yaml").stat().st_mtime_ns == first
    assert (state / "last-good.yaml").read_text() == dump(parse(GOOD))
    LastGood(state / "none").save(Config())
    (state / "last-good.yaml").write_bytes(b"\xff\xfe noise of a dying card")
    LastGood(state).save(parse(GOOD))
    assert LastGood(state).load() == parse(GOOD)
    assert LastGood(state / "none").load() is None


def test_a_reload_names_what_waits_for_a_restart(place):
    """Live keys take effect and only the others are named; a bad file changes nothing and is explained."""
    path, _ = place
    path.write_text("publish: {host: other.local, live_hz: 5}\n")
    done = reload_config(parse(GOOD), path)
    assert done.restart_required == ("publish.host",)
    assert (done.config.publish.host, done.config.publish.live_hz) == ("hub.local", 5.0)
    path.write_text("publish: {live_hz: 99}")
    refused = reload_config(parse(GOOD), path)
    assert refused.config == parse(GOOD)
    assert refused.problems == (f"{path}:1: publish.live_hz: expected a number 0.1..10, got 99",)
