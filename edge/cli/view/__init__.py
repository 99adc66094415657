"""The live terminal view of one device, fed by nothing but decoded MQTT payloads."""

from edge.cli.view.model import DeviceView
from edge.cli.view.screen import compose, picture, plain, show

__all__ = ["DeviceView", "compose", "picture", "plain", "show"]
