"""Values of which only the newest counts: retained state and pointsets wait here for their turn."""

from dataclasses import dataclass, field

from edge.publish.packet import Packet


@dataclass(slots=True)
class Latest:
    """The newest packet of each topic, and which of them still have to go out."""

    _kept: dict[str, Packet] = field(default_factory=dict)
    _due: dict[str, Packet] = field(default_factory=dict)
    _measures: set[str] = field(default_factory=set)
    _later: list[tuple[int, Packet]] = field(default_factory=list)

    def put(self, packet: Packet, *, keep: bool, measure: bool = False) -> None:
        """Take a new version; with `keep` it goes out again on every connect."""
        self._measures |= {packet.topic} if measure else set()
        if keep:
            self._kept[packet.topic] = packet
        self._due[packet.topic] = packet

    def put_first(self, packet: Packet) -> None:
        """Take a new version that overtakes everything due, and goes out again on every connect."""
        self._kept[packet.topic] = packet
        self._due.pop(packet.topic, None)
        self._due = {packet.topic: packet} | self._due

    def again(self, packet: Packet, at_ns: int) -> None:
        """Send a packet again at `at_ns` that was refused for now, or its newer version."""
        self._later.append((at_ns, packet))

    def forget_passing(self) -> None:
        """Let go of measures, and of what was refused for now and is not kept."""
        self._due = {topic: packet for topic, packet in self._due.items() if topic not in self._measures}
        self._later = [(at_ns, packet) for at_ns, packet in self._later if packet.topic in self._kept]

    def forget(self, topic: str) -> None:
        """Keep a topic's value no longer."""
        self._kept.pop(topic, None)

    def resend(self) -> None:
        """Send every kept value again."""
        self._due = dict(self._kept)

    def take(self, limit: int, now_ns: int) -> list[Packet]:
        """Return the next packets to send, in the order in which their topics became due."""
        for at_ns, packet in self._later:
            if at_ns <= now_ns:
                self._due.setdefault(packet.topic, self._kept.get(packet.topic, packet))
        self._later = [one for one in self._later if one[0] > now_ns]
        return [self._due.pop(topic) for topic in list(self._due)[: max(0, limit)]]

    def __bool__(self) -> bool:
        """Return whether anything is due."""
        return bool(self._due)
