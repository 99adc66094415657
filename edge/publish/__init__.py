"""Durable publication to the room hub: spool, MQTT session, Home Assistant, UDMI, JSON lines.

Each floor knows those below it and nobody beside it:

    decommission                   takes a device off its hub
    publisher, assembly            what the pipeline calls; puts the parts together
    courier, health                the thread that owns them
    delivery                       what goes out when
    building | durable | mqtt      schemas and requests | rows on disk | the connection
    orders, gate, notices, packet, encode, clock, secret, lines
"""

from edge.publish.building.identity import this_device
from edge.publish.clock import SystemClock
from edge.publish.lines import Lines
from edge.publish.probe import Hello, probe
from edge.publish.publisher import Publisher

__all__ = ["Hello", "Lines", "Publisher", "SystemClock", "probe", "this_device"]
