"""The topics of one device; `B` and `R` of `docs/mqtt.md`."""

import re
from dataclasses import dataclass

from edge.config.sections import PublishSection
from edge.errors import PublishError
from edge.topic import DEVICE, LEVEL, LEVELS, site_root

HA_STATUS = "homeassistant/status"
HEAR, MUTE = "cmd/hear/req", "privacy/set"
PROBED = (HEAR, MUTE)
"""Topics on which the device sends itself a message to know that it hears."""


@dataclass(frozen=True, slots=True)
class Topics:
    """Every topic of one device, by name."""

    base: str
    """`{topic_prefix}/{site}/devices/{device_id}`"""
    room: str
    """`{topic_prefix}/{site}/rooms/{room_id}`"""
    device_id: str
    """Last level of `base`."""

    def of(self, name: str) -> str:
        """Return the topic of this device called `name`, for example `mimicry/live`."""
        return f"{self.base}/{name}"

    @property
    def discovery(self) -> str:
        """Home Assistant's discovery topic of this device."""
        return f"homeassistant/device/{self.device_id}/config"

    @property
    def urgent(self) -> frozenset[str]:
        """The topics that overtake all others: those of the mute, and that of probes."""
        return frozenset({self.of(MUTE), self.of(HEAR), f"{self.room}/privacy"})

    @property
    def needed(self) -> frozenset[str]:
        """The subscriptions without which a mute, a booking or a probe is not heard."""
        own = {self.of(MUTE), self.of("cmd/+/req")}
        return frozenset(own | {f"{self.room}/privacy", f"{self.room}/booking"})

    def subscriptions(self, section: PublishSection) -> tuple[tuple[str, int], ...]:
        """Return the exact topics to subscribe with their QoS: never a wildcard over own traffic."""
        wanted = [(self.of(MUTE), 1), (self.of("cmd/+/req"), 1)]
        wanted += [(f"{self.room}/privacy", 1), (f"{self.room}/booking", 1)]
        if section.udmi:
            wanted.append((self.of("config"), 1))
        if section.homeassistant:
            wanted.append((HA_STATUS, 0))
        return tuple(wanted)


def topics_of(section: PublishSection, device_id: str) -> Topics:
    """Return the topics; PublishError names a level that MQTT or an access list could misread."""
    for key, value, form in (
        ("topic_prefix", section.topic_prefix, LEVELS),
        ("site", section.site, LEVEL),
        ("room_id", section.room_id, LEVEL),
        ("device_id", device_id, DEVICE),
    ):
        if not re.fullmatch(form, value):
            raise PublishError(f"expected letters, digits, '-' and '_', got {value!r} at publish.{key}")
    root = site_root(section.topic_prefix, section.site)
    return Topics(f"{root}/devices/{device_id}", f"{root}/rooms/{section.room_id}", device_id)
