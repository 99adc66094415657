"""What is known of a device from what it publishes, and its words: the ground of terminal and page."""

from edge.view.model import DeviceView

__all__ = ["DeviceView"]
