"""The live terminal view of one device, fed by nothing but decoded MQTT payloads."""

from edge.cli.view.screen import compose, picture, plain, show
from edge.view.model import DeviceView

__all__ = ["DeviceView", "compose", "picture", "plain", "show"]
