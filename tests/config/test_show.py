"""Showing, comparing and swapping configurations."""

import dataclasses

from edge.config import Config, apply_live, changes, dump, parse, show


def test_what_is_shown_can_be_read_again():
    """The effective configuration shows every setting and loads to the same values."""
    config = parse("publish: {host: hub, port: 1883}\nmimicry: {channels: [AU12]}\nservice: {led_pin: 4}")
    assert parse(show(config)) == config
    assert parse(dump(Config())) == Config()
    assert show(Config()).count("\n") > 60


def test_secrets_are_masked():
    """Credentials inside addresses and launch lines are hidden when shown and kept when dumped."""
    text = "camera: {source: gstreamer, launch: 'rtspsrc location=rtsp://u:pw@cam/1 user-pw=pw2 ! decodebin'}"
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
