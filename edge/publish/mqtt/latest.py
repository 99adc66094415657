"""Values of which only the newest counts: retained state and pointsets wait here for their turn."""

from dataclasses import dataclass, field

from edge.publish.packet import Packet


@dataclass(slots=True)
class Latest:
    """The newest packet of each topic, and which of them still have to go out."""

    _kept: dict[str, Packet] = field(default_factory=dict)
    _due: dict[str, Packet] = field(default_factory=dict)

    def put(self, packet: Packet, *, keep: bool) -> None:
        """Take a new version; with `keep` it goes out again on every connect."""
        if keep:
            self._kept[packet.topic] = packet
        self._due[packet.topic] = packet

    def again(self, packet: Packet) -> None:
        """Send a packet again that was refused for now, or its newer version."""
        self._due.setdefault(packet.topic, self._kept.get(packet.topic, packet))

    def resend(self) -> None:
        """Send every kept value again."""
        self._due = dict(self._kept)

    def take(self, limit: int) -> list[Packet]:
        """Return the next packets to send, in the order in which their topics became due."""
        return [self._due.pop(topic) for topic in list(self._due)[: max(0, limit)]]

    def __bool__(self) -> bool:
        """Return whether anything waits."""
        return bool(self._due)
