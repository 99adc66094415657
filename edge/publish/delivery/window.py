"""What is on its way: sent over the present link and not yet acknowledged."""

from dataclasses import dataclass, field

from edge.publish.durable.row import Row
from edge.publish.mqtt.link import Ack, Link
from edge.publish.packet import WINDOW, Packet


@dataclass(slots=True)
class Window:
    """At most as many messages as the broker takes without an acknowledgement."""

    link: Link | None = None
    caught_up: bool = False
    """Whether the requests that waited at the broker have been served since the connect."""
    _sent: dict[int, Row | Packet] = field(default_factory=dict)
    _progress_ns: int = 0

    def open(self, link: Link | None, now_ns: int) -> None:
        """Take a new link, or let the old one go; nothing is on its way there."""
        self.link, self.caught_up, self._sent, self._progress_ns = link, False, {}, now_ns

    @property
    def size(self) -> int:
        """How many messages the broker takes."""
        return WINDOW if self.link is None else self.link.window

    @property
    def room(self) -> int:
        """How many more messages may be sent now."""
        return 0 if self.link is None else self.link.window - len(self._sent)

    @property
    def rows(self) -> list[Row]:
        """The rows on their way."""
        return [one for one in self._sent.values() if isinstance(one, Row)]

    def send(self, packet: Packet, sent: Row | Packet, now_ns: int) -> None:
        """Hand a packet to the link and wait for its acknowledgement as that of `sent`."""
        if self.link is None or (mid := self.link.publish(packet)) is None:
            return
        if not self._sent:
            self._progress_ns = now_ns  # the broker's silence counts from now
        self._sent[mid] = sent

    def taken(self, ack: Ack, now_ns: int) -> Row | Packet | None:
        """Return what was acknowledged; None where it was sent over another link."""
        if ack.link is not self.link or ack.mid not in self._sent:
            return None
        self._progress_ns = now_ns
        return self._sent.pop(ack.mid)

    def silent_ns(self, now_ns: int) -> int:
        """Return for how long the broker has owed an acknowledgement."""
        return now_ns - self._progress_ns if self._sent else 0

    def excuse(self, now_ns: int) -> None:
        """Count the broker's silence from now."""
        self._progress_ns = now_ns

    def __len__(self) -> int:
        """Return how many messages are on their way."""
        return len(self._sent)
