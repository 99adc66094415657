"""A broker of a few lines for what no real one shows: any reason code in PUBACK and DISCONNECT, old manners.

Its answers are bytes of the standards: OASIS MQTT 5.0 and 3.1.1, sections 3.2, 3.3, 3.4, 3.9 and 3.14.
"""

import contextlib
import socket
import threading

from tests.publish.wire import _varint

ACCEPTED = b"\x20\x03\x00\x00\x00"


class FakeBroker:
    """Speaks just enough MQTT; `reasons` is taken from for every PUBLISH to the topic, then success.

    `refusal` is what a client of MQTT 5 gets before the line is cut; with None it stays open, without a word.
    `receive_maximum` is how many unacknowledged messages it says it takes; `held` keeps the acknowledgements,
    and those of the first `deaf` connections never come. It passes on what a client sends itself, but not on
    the first `silent` of them; `refused` holds the topics that it does not let anybody subscribe.
    """

    def __init__(
        self, reasons=(), topic="mimicry/event", *, refusal=ACCEPTED, receive_maximum=0, deaf=0, silent=0
    ):
        self.silent, self.refused, self.subscribed = silent, (), 0
        self._topic, self._refusal, self.levels, self.held, self._deaf = topic, refusal, [], None, deaf
        if receive_maximum:
            self._refusal = ACCEPTED[:1] + bytes([6, 0, 0, 3, 0x21, 0, receive_maximum])
        self.reasons, self.published, self.connects = list(reasons), [], 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port, self._client = self._server.getsockname()[1], None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def disconnect(self, reason):
        """Throw the client out with a reason code."""
        client = self._client
        client.sendall(bytes([0xE0, 2, reason, 0]))
        with contextlib.suppress(OSError):  # the client may have left already
            client.shutdown(socket.SHUT_WR)  # still reading: a reset would overtake the reason

    def release(self):
        """Send the acknowledgements that were kept, and every later one at once."""
        held, self.held = self.held, None
        self._client.sendall(b"".join(held))

    def close(self):
        """Stop listening and throw the client out."""
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        with contextlib.suppress(OSError):
            self._client.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)

    def _serve(self):
        while True:
            try:
                self._client, _ = self._server.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), self._client, self._client.makefile("rb") as stream:
                self._session(stream)

    def _session(self, stream):
        while head := stream.read(1):
            size, shift = 0, 0
            while True:
                byte = stream.read(1)[0]
                size, shift = size | (byte & 127) << shift, shift + 7
                if byte < 128:
                    break
            self._answer(head[0], stream.read(size))

    def _answer(self, head, body):
        kind = head >> 4
        if kind == 1:
            self._connect(body[6])
        elif kind == 3:
            self._publish(head, body)
        elif kind == 8:
            self._subscribe(body)
        elif kind == 12:
            self._client.sendall(b"\xd0\x00")

    @property
    def _v5(self):
        return self.levels[-1] == 5

    def _connect(self, level):
        self.connects += 1
        self.levels.append(level)
        if level != 5:
            self._client.sendall(b"\x20\x02\x00\x00")
        elif self._refusal is not None:
            self._client.sendall(self._refusal)
            if self._refusal[2:4] != b"\0\0":
                self._client.shutdown(socket.SHUT_RDWR)

    def _subscribe(self, body):
        at, codes = _varint(body, 2)[1] if self._v5 else 2, b"\0" * self._v5
        while at < len(body):
            size = int.from_bytes(body[at : at + 2], "big")
            codes += b"\x87" if body[at + 2 : at + 2 + size].decode() in self.refused else b"\1"
            at += 3 + size
        self.subscribed += 1
        self._client.sendall(bytes([0x90, 2 + len(codes)]) + body[:2] + codes)

    def _pass_on(self, topic, payload):
        if self.connects > max(self.silent, self._deaf) and topic.endswith(("/req", "/set")):
            name = topic.encode()
            body = len(name).to_bytes(2, "big") + name + b"\0\1" + b"\0" * self._v5 + payload
            assert len(body) < 128
            self._client.sendall(bytes([0x32, len(body)]) + body)

    def _publish(self, head, body):
        size = int.from_bytes(body[:2], "big")
        topic, at = body[2 : 2 + size].decode(), 2 + size
        if not head >> 1 & 3 or self.connects <= self._deaf:
            return
        mid, at = body[at : at + 2], at + 2
        length, at = _varint(body, at) if self._v5 else (0, at)
        reason = 0
        self._pass_on(topic, body[at + length :])
        if topic.endswith(self._topic):
            reason = self.reasons.pop(0) if self.reasons else 0
            self.published.append((reason, body[at + length :]))
        answer = b"\x40\x04" + mid + bytes([reason, 0]) if self._v5 else b"\x40\x02" + mid
        if self.held is None:
            self._client.sendall(answer)
        else:
            self.held.append(answer)
