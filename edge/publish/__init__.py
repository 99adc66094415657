"""Durable publication to the room hub: spool, MQTT session, Home Assistant, UDMI, JSON lines."""

from edge.publish.clock import SystemClock
from edge.publish.lines import Lines
from edge.publish.publisher import Publisher

__all__ = ["Lines", "Publisher", "SystemClock"]
