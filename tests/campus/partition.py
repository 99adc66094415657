"""A node of the cluster cut off from everybody, in network namespaces, and connected again."""

import time
from contextlib import ExitStack

from tests.campus.campus import Rooms
from tests.campus.cluster import opened
from tests.campus.faults import now_ms
from tests.campus.ledger import waited
from tests.campus.network import Network
from tests.campus.single import outcome

CUT_S = 120.0  # nodes miss each other after 45 to 75 s
PAUSED = "minority/secondary status detected"


def partition(folder, *, rooms, interval_s, steady_s, pause_s, rush_s):
    """Cut off the node that leads the queue; return the figures."""
    with ExitStack() as ends:
        network = Network(3)
        ends.callback(network.close)
        engines, ledger = opened(folder, rooms, ends, network)
        group = Rooms(folder / "rooms", engines.hub, rooms)
        ends.callback(group.close)
        waited(lambda: ledger.heard_since(0) == rooms, 600)
        group.pace(interval_s)
        time.sleep(steady_s)
        number, began_ms = engines.rabbit.leader(), now_ms()
        network.cut(number)
        time.sleep(CUT_S)
        network.heal(number)
        window = began_ms, now_ms()
        paused = PAUSED in engines.rabbit.logged(number)
        time.sleep(pause_s)
        figures = {"rooms": rooms, "the node that was cut off paused": paused}
        figures |= outcome(group, ledger) | ledger.lateness("partition", window)
        figures["leader afterwards is another one"] = engines.rabbit.leader() != number
        return figures
