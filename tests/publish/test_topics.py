"""Topic levels: what a configuration may name is what the device starts with, and the other way round."""

import json
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edge.config import parse
from edge.config.sections import PublishSection
from edge.errors import ConfigError, PublishError
from edge.publish.building.topics import topics_of

KEYS = ("topic_prefix", "site", "room_id", "device_id")
PLAIN = PublishSection(host="hub", device_id="dev-1")
LIKELY = st.text("aZ09_.-/+#$ \u00fc\n", max_size=6) | st.lists(st.sampled_from("ab"), max_size=12).map(
    "/".join
)


def _configured(key, value):
    """Return whether the configuration takes the value."""
    try:
        parse(f"publish: {{{key}: {json.dumps(value)}}}", "c.yaml")
    except ConfigError:
        return False
    return True


def _topics(key, value):
    """Return the topics that the publisher makes of the value, or None where it refuses."""
    section = replace(PLAIN, **{key: value})
    try:
        return topics_of(section, section.device_id)
    except PublishError:
        return None


@given(st.sampled_from(KEYS), LIKELY | st.text(max_size=70))
@example("site", "a" * 64)
@example("site", "a" * 65)
@example("room_id", "floor.1")
@example("device_id", "dev.1")
@example("topic_prefix", "a/b.c")
@example("topic_prefix", "a/")
@settings(max_examples=600, deadline=None)
def test_configuration_and_publisher_agree(key, value):
    """Each value is taken by both or refused by both; only an empty device is filled in later."""
    if (key, value) != ("device_id", ""):
        assert _configured(key, value) == (_topics(key, value) is not None)


@given(st.sampled_from(KEYS), LIKELY)
@settings(max_examples=300, deadline=None)
def test_no_level_breaks_out(key, value):
    """A topic holds no wildcard, no space, no empty level, and never stands among the broker's own."""
    topics = _topics(key, value)
    if topics is not None:
        levels = f"{topics.base}/{topics.room}".split("/")
        assert all(
            level.isascii() and level[0].isalnum() and not set(level) & set("+# \n$") for level in levels
        )


@pytest.mark.parametrize("key", KEYS)
def test_the_key_is_named(key):
    """A refused level is reported with its key."""
    section = replace(PLAIN, **{key: "#"})
    with pytest.raises(PublishError, match=f"at publish.{key}"):
        topics_of(section, section.device_id)


def test_longest_names_fit_into_a_topic():
    """The longest prefix and names stay far below the 65535 bytes of an MQTT topic."""
    level = "a" * 64
    section = replace(PLAIN, topic_prefix="/".join([level] * 8), site=level, room_id=level)
    assert len(topics_of(section, level).of("mimicry/summary")) < 1000
