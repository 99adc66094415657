"""Strict loading: every error at once, each with file, line, key path, expectation and value."""

import dataclasses
import re

import pytest

from edge.config import Config, load, parse, require_service
from edge.config.sections import MEASURES
from edge.errors import ConfigError
from edge.measures.table import TABLE

BAD = """\
version: 1
publish:
  hots: hub.local
  port: 99999
  password: hunter2
  port: 1
camera: {source: pi, width_px: 1.5, path: }
led_pin: 3
mimicry:
  channels: AU12
  max_lag_s: nan
"""
SECRET = (
    "c.yaml:5: publish.password: expected a known key (secrets stay out of this file: "
    "see publish.password_file), got 'password'"
)


def _problems(text, name="c.yaml"):
    with pytest.raises(ConfigError) as caught:
        parse(text, name)
    return list(caught.value.problems)


def test_every_error_at_once():
    """One bad file gives one line for each mistake in it, in reading order, and never shows a secret."""
    assert _problems(BAD) == [
        "c.yaml:3: publish.hots: expected a known key (did you mean 'host'?), got 'hots'",
        "c.yaml:4: publish.port: expected an integer 1..65535, got 99999",
        SECRET,
        "c.yaml:6: publish.port: expected each key once, got it again after c.yaml:4",
        "c.yaml:7: camera.source: expected one of picamera2, usb, gstreamer, video, stage, got pi",
        "c.yaml:7: camera.width_px: expected an integer 64..8192, got 1.5",
        "c.yaml:7: camera.path: expected a path, got nothing",
        "c.yaml:8: led_pin: expected a known key ('led_pin' belongs under service), got 'led_pin'",
        "c.yaml:10: mimicry.channels: expected a list such as [a, b], each a channel, got AU12",
        "c.yaml:11: mimicry.max_lag_s: expected a number 0.1..20, got nan",
    ]


def test_a_colon_that_is_missing_shows_no_secret():
    """A password that stands where a table should, for want of a space or a colon, is not repeated."""
    assert _problems("publish:\n  password:hunter2\n") == [
        "c.yaml:1: publish: expected a table of settings, got passw***"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\tpublish: {}", "c.yaml:1: expected spaces for indentation, got a tab"),
        (b"publish:\n  host: \xff", "c.yaml:2: expected UTF-8 text, got byte 0xff"),
        ("a: &a [1]\nb: *a", "c.yaml:1: expected plain values, got an anchor or alias (& or *)"),
        ("a: *b", "c.yaml:1: expected plain values, got an anchor or alias (& or *)"),
        ("a: " + "{b: " * 50, "c.yaml:1: expected at most 8 levels, got more"),
        ("x" * 300_000, "c.yaml:1: expected at most 262144 bytes, got 300000"),
        ("- 1", "c.yaml:1: expected sections such as `publish:`, got a list"),
        ("version: 1\n---\nversion: 1", "c.yaml:2: expected one document, got a second one"),
        ("? [a]\n: 1", "c.yaml:1: expected a word as key, got a list"),
        ("camera: [1]", "c.yaml:1: camera: expected a table of settings, got a list"),
        ("version: 0", "c.yaml:1: version: expected an integer 1..2, got 0"),
        ("publish: {port: '1883'}", "c.yaml:1: publish.port: expected an integer 1..65535, got '1883'"),
        ("publish: {tls: maybe}", "c.yaml:1: publish.tls: expected true or false, got maybe"),
        ("service: {led_pin: 99}", "c.yaml:1: service.led_pin: expected an integer 0..27, got 99"),
    ],
)
def test_bad_input_is_one_line(text, expected):
    """Tabs, binary, aliases, depth, size and wrong types end in one line, never in a traceback."""
    assert expected in _problems(text)


def test_an_object_tag_builds_nothing():
    """A YAML tag that would construct an object is refused."""
    (problem,) = _problems("publish: {host: !!python/object/apply:os.system [id]}")
    assert problem.startswith("c.yaml:1: expected plain values, got the tag")


def test_scalars_are_read_as_their_field():
    """`off` is text for a text field and false for a switch; a name of digits keeps its zeros."""
    config = parse("privacy: {default_at_boot: off}\npublish: {tls: off, room_id: 0012}\nfaces: {keep_s: 3}")
    assert config.privacy.default_at_boot == "off"
    assert config.publish.tls is False
    assert config.publish.room_id == "0012"
    assert config.faces.keep_s == 3.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "mimicry: {max_lag_s: 9}",
            "c.yaml:1: mimicry.max_lag_s: expected less than mimicry.window_s = 7, got 9.0",
        ),
        ("mimicry: {rate_hz: 12}", "c.yaml:1: mimicry.rate_hz: expected a multiple of 5, got 12.0"),
        (
            "mimicry: {window_s: 1}",
            "c.yaml:1: mimicry.max_lag_s: expected less than mimicry.window_s = 1, got 2.0",
        ),
        (
            "camera: {source: video}",
            "c.yaml:1: camera.path: expected the file of the recording for source: video, got nothing",
        ),
        (
            "\n\nprivacy:\n  k_people: 9",
            "c.yaml:4: privacy.k_people: expected at most faces.max_people = 6, got 9",
        ),
        (
            "publish: {cert_file: /a}",
            "c.yaml:1: publish.key_file: expected cert_file and key_file together, got only one of them",
        ),
    ],
)
def test_settings_that_do_not_fit_one_another(text, expected):
    """Settings that are fine alone and not together name the line of the one to change."""
    assert _problems(text) == [expected]


def test_the_service_needs_a_hub():
    """Without broker settings `run` refuses to start and says which key is missing."""
    with pytest.raises(
        ConfigError, match=r"c.yaml: publish.host: expected the address of the room hub, got nothing"
    ):
        require_service(Config(), "c.yaml")
    require_service(parse("publish: {host: hub.local}"), "c.yaml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mimicry: {channels: [AU12, smile]}", "mimicry.channels: expected channels of AU01, "),
        (
            "mimicry: {horizon_s: 5000}",
            "mimicry.horizon_s: expected at most 4000 at mimicry.rate_hz = 10",
        ),
    ],
)
def test_the_service_needs_more_than_a_recording(text, expected):
    """Channels of somebody's own table, and a horizon beyond the memory of a board, are for recordings."""
    config = parse(f"publish: {{host: hub}}\n{text}")
    with pytest.raises(ConfigError, match=re.escape(expected)):
        require_service(config, "c.yaml")


def test_the_names_of_measures_are_those_of_the_table():
    """The configuration takes exactly the measures that there are."""
    assert tuple(definition.name for definition in TABLE) == MEASURES


@pytest.mark.parametrize("host", ["127.0.0.1:1883", "hub:8883", "a..b", "-hub", "::g", "x" * 64, "hub/mqtt"])
def test_a_host_is_no_port_or_path(host):
    """What no resolver takes is refused where it is written."""
    assert _problems(f"publish: {{host: '{host}'}}")[0].startswith("c.yaml:1: publish.host: expected a host")


@pytest.mark.parametrize("host", ["hub.local.", "fe80::1%eth0", "::1", "2001:db8::1", "10.0.0.1", "a_1.lan"])
def test_a_host_may_be_any_address(host):
    """Names with and without a last dot, addresses of both kinds, with a zone."""
    assert parse(f"publish: {{host: '{host}'}}").publish.host == host


def test_drop_ins_win_in_the_order_of_their_names(tmp_path):
    """`config.d/*.yaml` beside the file is laid over it, a hidden file is not; an error names the drop-in."""
    (tmp_path / "config.yaml").write_text("publish: {host: a, port: 1}\nfaces: {max_people: 5}")
    (tmp_path / "config.d").mkdir()
    (tmp_path / "config.d/20-room.yaml").write_text("publish: {host: c}")
    (tmp_path / "config.d/10-board.yaml").write_text("publish: {host: b}\ncamera: {width_px: 640}")
    config = load(tmp_path / "config.yaml")
    assert (config.publish.host, config.publish.port) == ("c", 1)
    assert (config.camera.width_px, config.faces.max_people) == (640, 5)
    (tmp_path / "config.d/.#20-room.yaml").symlink_to("somebody@edits.it")
    (tmp_path / "config.d/._20-room.yaml").write_bytes(b"\x00\xff")
    assert load(tmp_path / "config.yaml") == config
    (tmp_path / "config.d/20-room.yaml").write_text("\npublish: {hosts: c}")
    with pytest.raises(ConfigError, match=r"20-room.yaml:2: publish.hosts: "):
        load(tmp_path / "config.yaml")


def test_a_missing_file_is_a_configuration_error(tmp_path):
    """A file that is not there, or a folder, is told in one line."""
    with pytest.raises(
        ConfigError, match="expected a configuration file, got No such file or directory, at "
    ):
        load(tmp_path / "none.yaml")
    with pytest.raises(ConfigError, match="expected a configuration file, got Is a directory, at "):
        load(tmp_path)


def test_drop_ins_that_cannot_be_read_are_not_left_out(tmp_path):
    """Where the folder of drop-ins is closed to the user, or is none, that is an error and no silence."""
    (tmp_path / "config.yaml").write_text("")
    (tmp_path / "config.d").write_text("")
    with pytest.raises(ConfigError, match="expected a folder of drop-ins, got Not a directory, at "):
        load(tmp_path / "config.yaml")


def test_a_newer_file_is_read_after_a_rollback():
    """A file one version newer loads, its unknown keys ignored; its known values are still checked."""
    config = parse("version: 2\npublish: {host: hub, quantum: 1}\nfuture: {a: 1}")
    assert config == dataclasses.replace(Config(), publish=dataclasses.replace(Config().publish, host="hub"))
    assert _problems("version: 2\npublish: {port: 0}") == [
        "c.yaml:2: publish.port: expected an integer 1..65535, got 0"
    ]
