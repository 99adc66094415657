"""Takes a device off its hub: every retained topic is emptied and its session ended."""

import queue
import time
from pathlib import Path

from edge.config.sections import PublishSection
from edge.errors import PublishError
from edge.publish.building.ghosts import remembered
from edge.publish.building.identity import this_device
from edge.publish.building.topics import topics_of
from edge.publish.mqtt.client import V5, V311, Protocol
from edge.publish.mqtt.link import Account, Ack, CaughtUp, Link, News, Outcome, Request
from edge.publish.packet import WINDOW, Packet
from edge.publish.publisher import GHOSTS_FILE

_PATIENCE_S = 10.0
_FAILURE = 0x80


def decommission(section: PublishSection, state_dir: Path, password: str = "") -> dict[str, bool]:
    """Empty what this device retains or retained; return whether the hub let it, by topic.

    PublishError says why the hub could not be reached.
    """
    topics = topics_of(section, this_device(section.device_id).device_id)
    file = state_dir / GHOSTS_FILE
    names = sorted(topics.retained(section) | remembered(file))
    account = Account(section=section, client_id=topics.device_id, keep_session=False, password=password)
    found = _emptied(account, names, V5)
    found = _emptied(account, names, V311) if isinstance(found, Outcome) and found.older else found
    if isinstance(found, Outcome):
        where = f"{section.host}:{section.port}"
        raise PublishError(f"expected to be let in, got {found.reason!r} at {where}")
    if all(found.values()):
        file.unlink(missing_ok=True)
    return found


def _emptied(account: Account, names: list[str], protocol: Protocol) -> dict[str, bool] | Outcome:
    """Empty the topics over one connection; an outcome is that of a connection that was refused."""
    heard: queue.SimpleQueue[News | Request | CaughtUp] = queue.SimpleQueue()
    link = Link(account, protocol, heard.put, heard.put)
    link.open()
    try:
        if not link.greeting().connected:
            return link.outcome
        done: dict[str, bool] = {}
        for start in range(0, len(names), WINDOW):
            done |= _batch(link, names[start : start + WINDOW], heard)
        return done
    finally:
        link.close()


def _batch(
    link: Link, names: list[str], heard: "queue.SimpleQueue[News | Request | CaughtUp]"
) -> dict[str, bool]:
    sent = {link.publish(Packet(topic=name, payload=b"", retain=True)): name for name in names}
    done: dict[str, bool] = {}
    until_s = time.monotonic() + _PATIENCE_S
    while len(done) < len(names):
        try:
            news = heard.get(timeout=max(0.0, until_s - time.monotonic()))
        except queue.Empty:
            raise PublishError(f"expected {len(names)} acknowledgements, got {len(done)}") from None
        if isinstance(news, Ack):
            done[sent[news.mid]] = news.reason < _FAILURE
    return done
