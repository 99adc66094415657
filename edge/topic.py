"""Levels of MQTT topics: what a configuration may name is what the device publishes under."""

LEVEL = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"
"""One level as a regular expression: nothing in it that MQTT or an access list could misread."""
NAMED = rf"{LEVEL}(/{LEVEL}){{0,7}}"
"""Up to eight of them."""
LEVELS = rf"({NAMED})?"
"""None or up to eight of them; a topic is never longer than MQTT allows."""
DEVICE = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
"""The level of a device; without a dot, because Home Assistant finds no device whose name has one."""
HISTORY = "history"
"""Last level of the topic of summaries that could not be sent when they were made."""


def site_root(prefix: str, site: str) -> str:
    """Return the levels that every topic of a site begins with."""
    return f"{prefix}/{site}" if prefix else site
