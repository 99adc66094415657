"""UDMI semantics: hard, soft and unknown parts of a configuration, wishes and their fate."""

import json

import pytest

from edge.errors import PublishError
from edge.publish.building.udmi_config import UdmiConfig, parse_config
from tests.publish.broker import until

STAMP = "2030-01-01T00:00:00Z"


def config(**blocks):
    """Return a configuration message."""
    return json.dumps({"version": "1.5.7", "timestamp": STAMP} | blocks).encode()


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"{", b'{"version":"1"}', b'{"timestamp":"2030-01-01T00:00:00Z"}']
)
def test_hard_errors_keep_everything(payload):
    """No JSON, no version or no timestamp: the previous configuration and its timestamp stay."""
    with pytest.raises(PublishError):
        parse_config(payload, UdmiConfig())


def test_soft_errors_keep_their_block():
    """A wrong value keeps its block, advances the timestamp, is reported; other blocks apply."""
    found = parse_config(
        config(system={"metrics_rate_sec": 60}, pointset={"sample_rate_sec": "x"}), UdmiConfig()
    )
    assert (found.timestamp, found.metrics_rate_s, found.sample_rate_s) == (STAMP, 60.0, 300.0)
    assert set(found.faults) == {"pointset"}


def test_unknown_fields_mean_nothing():
    """Fields of later versions are ignored silently."""
    found = parse_config(
        config(cloud={}, pointset={"later": [1], "points": {"other": {"ref": 1}}}), UdmiConfig()
    )
    assert found.faults == {}


def test_an_expiry_must_lie_after_the_timestamp():
    """A wish that has ended before it began is a soft error."""
    found = parse_config(config(pointset={"set_value_expiry": "2029-01-01T00:00:00Z"}), UdmiConfig())
    assert set(found.faults) == {"pointset"}


def test_state_answers_a_configuration(broker, listener, publisher):
    """The state carries the configuration's timestamp soon, and the wish goes to `privacy`."""
    commands = []
    one = publisher(broker.port, on_command=commands.append)
    listener.wait_for("/availability")  # the subscriptions went before it
    wish = {"points": {"privacy_mode": {"set_value": True}}}
    listener.send("site/devices/dev-1/config", config(pointset=wish))
    until(lambda: any(_last_config(m) == STAMP for m in listener.on("dev-1/state")), timeout_s=5)
    assert [(c.kind, c.body["on"], c.body["by"]) for c in commands] == [("privacy", True, "udmi")]
    one.publish_privacy({"state": "ON", "sources": {}, "profile": "workplace"})
    until(lambda: any(b'"value_state":"applied"' in m.payload for m in listener.on("dev-1/state")))


def test_a_kept_configuration_lifts_no_mute(broker, listener, publisher):
    """A retained configuration that would un-mute is overridden."""
    commands = []
    wish = {"points": {"privacy_mode": {"set_value": False}}}
    listener.send("site/devices/dev-1/config", config(pointset=wish), retain=True)
    publisher(broker.port, on_command=commands.append, muted=True)
    until(lambda: any(b"overridden" in m.payload for m in listener.on("dev-1/state")))
    assert commands == []


def test_an_expired_wish_is_no_wish(broker, listener, publisher):
    """A kept configuration whose wish is over neither mutes nor, by its end, lifts a later mute."""
    commands = []
    points = {"privacy_mode": {"set_value": True}}
    past = {"set_value_expiry": "2020-01-02T00:00:00Z", "points": points}
    old = json.dumps({"version": "1.5.7", "timestamp": "2020-01-01T00:00:00Z", "pointset": past})
    listener.send("site/devices/dev-1/config", old, retain=True)
    publisher(broker.port, on_command=commands.append)
    until(lambda: any(_last_config(m) == "2020-01-01T00:00:00Z" for m in listener.on("dev-1/state")))
    assert commands == []


def test_a_kept_wish_leaves_a_mute_as_it_is(broker, listener, publisher):
    """A muted device takes no second mute from a kept configuration, whose end would lift the first."""
    commands = []
    timed = {"set_value_expiry": "2031-01-01T00:00:00Z", "points": {"privacy_mode": {"set_value": True}}}
    listener.send("site/devices/dev-1/config", config(pointset=timed), retain=True)
    publisher(broker.port, on_command=commands.append, muted=True)
    until(lambda: any(b'"value_state":"applied"' in m.payload for m in listener.on("dev-1/state")))
    assert commands == []


def test_a_wish_for_a_reading_is_invalid(broker, listener, publisher):
    """Only the mute can be written; a wish for any other point is answered with `invalid`."""
    publisher(broker.port)
    listener.wait_for("/availability")
    points = {"mimicry_index": {"set_value": 1.0}}
    listener.send("site/devices/dev-1/config", config(pointset={"points": points}))
    until(lambda: any(_last_config(m) == STAMP for m in listener.on("dev-1/state")))
    state = json.loads(listener.on("dev-1/state")[-1].payload)
    assert state["pointset"]["points"]["mimicry_index"] == {"value_state": "invalid"}


def _last_config(message):
    return json.loads(message.payload)["system"]["last_config"]
