"""Every byte a device sends, recorded between it and the broker, and the MQTT packets in them."""

import contextlib
import select
import socket
import threading


class Tap:
    """A TCP relay on loopback that keeps what flows towards the broker."""

    def __init__(self, broker_port):
        self._target, self.sent, self._stop = broker_port, [], threading.Event()
        self._pairs, self._dead, self._hang_up = {}, set(), threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self):
        """Return itself."""
        return self

    def __exit__(self, *_):
        """Stop relaying."""
        self._stop.set()
        self._thread.join()
        self._server.close()

    def cut(self):
        """Let nothing more through the present connections, and close none: new ones work."""
        self._dead.update(self._pairs)

    def hang_up(self):
        """Close every connection; new ones work."""
        self._hang_up.set()

    def packets(self):
        """Return (type, flags, body) of every packet sent, over all connections."""
        return [packet for stream in self.sent for packet in packets(bytes(stream))]

    def _serve(self):
        pairs = self._pairs
        while not self._stop.is_set():
            if self._hang_up.is_set():
                self._hang_up.clear()
                for one in list(pairs):
                    pairs.pop(one)
                    one.close()
            ready, _, _ = select.select([self._server, *pairs], [], [], 0.1)
            for one in ready:
                if one is self._server:
                    self._join(pairs)
                elif one in pairs:
                    self._relay(one, pairs)
        for one in pairs:
            one.close()

    def _join(self, pairs):
        device, _ = self._server.accept()
        broker = socket.create_connection(("127.0.0.1", self._target))
        stream = bytearray()
        self.sent.append(stream)
        pairs[device], pairs[broker] = (broker, stream), (device, None)

    def _relay(self, one, pairs):
        other, stream = pairs[one]
        data = b""
        with contextlib.suppress(OSError):
            data = one.recv(65536)
        if not data:
            for end in (one, other):
                pairs.pop(end, None)
                end.close()
            return
        if one in self._dead:
            return
        if stream is not None:
            stream.extend(data)
        with contextlib.suppress(OSError):
            other.sendall(data)


def packets(stream):
    """Split a stream of MQTT bytes (OASIS MQTT 5, section 2.1) into (type, flags, body)."""
    found, at = [], 0
    while at < len(stream):
        head = stream[at]
        length, at = _varint(stream, at + 1)
        found.append((head >> 4, head & 15, stream[at : at + length]))
        at += length
    return found


def publication(flags, body):
    """Return topic, QoS, retain, payload of an MQTT 5 PUBLISH."""
    size = int.from_bytes(body[:2], "big")
    topic, at, qos = body[2 : 2 + size].decode(), 2 + size, flags >> 1 & 3
    at += 2 if qos else 0
    length, at = _varint(body, at)
    return topic, qos, bool(flags & 1), bytes(body[at + length :])


def _varint(stream, at):
    value, shift = 0, 0
    while True:
        byte = stream[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at
