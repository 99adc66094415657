"""Says hello to the broker as the service would, under another name and without leaving a session behind."""

from edge.config.sections import PublishSection
from edge.publish.mqtt.client import V5, V311, Protocol
from edge.publish.mqtt.link import Account, Link, Outcome


def probe(section: PublishSection, client_id: str, password: str = "") -> Outcome:
    """Return how the broker answered, MQTT 5 first; PublishError says why it could not be reached."""
    account = Account(section=section, client_id=client_id, keep_session=False, password=password)
    outcome = _hello(account, V5)
    return _hello(account, V311) if outcome.older else outcome


def _hello(account: Account, protocol: Protocol) -> Outcome:
    link = Link(account, protocol, _ignore, _ignore)
    link.open()
    outcome = link.greeting()
    link.close()
    return outcome


def _ignore(_news: object) -> None:
    """Take what a link hands on and do nothing about it."""
