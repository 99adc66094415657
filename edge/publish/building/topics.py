"""The topics of one device; `B` and `R` of `docs/mqtt.md`."""

import re
from dataclasses import dataclass

from edge.config.sections import PublishSection
from edge.errors import PublishError
from edge.topic import DEVICE, LEVEL, LEVELS, NAMED, site_root

EPISODE = "mimicry/episode"
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
    software: str
    """Where the hub says which version of the package is the newest: `{topic_prefix}/{site}/software`."""
    prefix: str
    """Home Assistant's discovery prefix."""

    def of(self, name: str) -> str:
        """Return the topic of this device called `name`, for example `mimicry/live`."""
        return f"{self.base}/{name}"

    @property
    def discovery(self) -> str:
        """Home Assistant's discovery topic of this device."""
        return f"{self.prefix}/device/{self.device_id}/config"

    @property
    def birth(self) -> str:
        """Where Home Assistant says that it has started."""
        return f"{self.prefix}/status"

    def retained(self, section: PublishSection) -> frozenset[str]:
        """Return every topic on which the broker keeps the device's last word."""
        names = ["availability", "health", "privacy/state", "mimicry/summary"]
        names += ["state"] if section.udmi else []
        own = {self.of(name) for name in names}
        return frozenset(own | ({self.discovery} if section.homeassistant else set()))

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
            wanted.append((self.birth, 0))
        return tuple(wanted)


def topics_of(section: PublishSection, device_id: str) -> Topics:
    """Return the topics; PublishError names a level that MQTT or an access list could misread."""
    for key, value, form in (
        ("topic_prefix", section.topic_prefix, LEVELS),
        ("site", section.site, LEVEL),
        ("room_id", section.room_id, LEVEL),
        ("device_id", device_id, DEVICE),
        ("discovery_prefix", section.discovery_prefix, NAMED),
    ):
        if not re.fullmatch(form, value):
            raise PublishError(f"expected letters, digits, '-' and '_', got {value!r} at publish.{key}")
    root = site_root(section.topic_prefix, section.site)
    return Topics(
        base=f"{root}/devices/{device_id}",
        room=f"{root}/rooms/{section.room_id}",
        device_id=device_id,
        software=f"{root}/software",
        prefix=section.discovery_prefix,
    )
