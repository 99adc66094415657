"""Showing, comparing and swapping configurations."""

import dataclasses

from edge.cli import main
from edge.config import Config, apply_live, changes, dump, load, mask, parse, show
from edge.publish import this_device


def test_what_is_shown_can_be_read_again():
    """The effective configuration shows every setting and loads to the same values."""
    config = parse("publish: {host: hub, port: 1883}\nmimicry: {channels: [AU12]}\nservice: {led_pin: 4}")
    assert parse(show(config)) == config
    assert parse(dump(Config())) == Config()
    assert show(Config()).count("\n") > 60


def test_what_is_in_force_is_told(tmp_path, capsys):
    """Beside a setting that is left open, or cannot be had as written, stands what is in force, and why."""
    file = tmp_path / "c.yaml"
    file.write_text("privacy: {k_people: 1}\nmimicry: {hop_s: .05}\npublish: {host: hub}")
    assert main(["config", "show", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "k_people: 1  # in force: 3, the least at the workplace: " in shown
    assert "hop_s: 0.05  # in force: 0.1, a whole number of samples" in shown
    assert f"device_id: ''  # in force: {this_device().device_id}, from the serial" in shown
    assert parse(shown) == load(file)


def test_secrets_are_masked():
    """Credentials inside addresses and launch lines are hidden when shown and kept when dumped."""
    text = "camera: {source: gstreamer, launch: 'rtspsrc location=rtsp://u:pw@cam/1 user-pw=pw2 ! decodebin'}"
    assert mask("x=rtsp://u:p/w@1@cam/1 user-pw = 'pw 2'") == "x=rtsp://***@cam/1 user-pw=***"
    config = parse(text + "\ntflite: {delegate_options: {token: abc, device: usb}}")
    shown = show(config)
    assert "rtsp://***@cam/1 user-pw=*** !" in shown
    assert not [secret for secret in ("u:pw", "pw2", "abc") if secret in shown]
    assert "device: usb" in shown
    assert parse(dump(config)) == config


def test_a_reload_swaps_only_what_it_may():
    """Live settings of the new file are in force at once; the others are named and wait for a restart."""
    old = parse("publish: {host: a, live_hz: 2}\nservice: {log_level: info}")
    new = parse("publish: {host: b, live_hz: 5}\nservice: {log_level: debug}\nfaces: {max_people: 4}")
    assert changes(old, new) == {
        "faces.max_people": False,
        "publish.host": False,
        "publish.live_hz": True,
        "service.log_level": True,
    }
    swapped = apply_live(old, new)
    assert (swapped.publish.host, swapped.publish.live_hz) == ("a", 5.0)
    assert swapped.service.log_level == "debug"
    assert changes(swapped, new) == {"faces.max_people": False, "publish.host": False}
    assert dataclasses.replace(swapped) == swapped
