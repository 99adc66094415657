"""A tiny server of /metrics for Prometheus: on loopback, or with TLS in the network of the building."""

import logging
import socket
import ssl
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer

from edge.config.sections import PublishSection
from edge.credentials import load_chain
from edge.errors import PublishError
from edge.plain import Json
from edge.publish.building.exposition import Labels, exposition
from edge.publish.notices import Note

_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_TIMEOUT_S = 10.0

_log = logging.getLogger(__name__)


class Metrics:
    """Serves the last health message, `health`, with the device's `labels` on every sample."""

    def __init__(self, section: PublishSection, labels: Labels) -> None:
        self.health: Json = {}
        metrics = self

        class Handler(BaseHTTPRequestHandler):
            """Answers /metrics."""

            timeout = _TIMEOUT_S

            def do_GET(self) -> None:
                """Send the numbers, or 404."""
                found = self.path == "/metrics"
                body = exposition(metrics.health, labels).encode() if found else b""
                self.send_response(HTTPStatus.OK if found else HTTPStatus.NOT_FOUND)
                self.send_header("Content-Type", _TYPE)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing: scrapes are no state change."""

        self._server = _server(section, Handler)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving; idempotent."""
        self._server.shutdown()
        self._server.server_close()


def served(section: PublishSection, device_id: str, note: Note) -> Metrics | None:
    """Serve /metrics if asked for; a port or certificate that cannot be used is named and costs no more."""
    if not section.metrics_port:
        return None
    try:
        labels = (("device", device_id), ("site", section.site), ("room", section.room_id))
        return Metrics(section, labels)
    except PublishError as error:
        note(500, "device.metrics.refused", str(error))
        return None


class _Server(ThreadingHTTPServer):
    """One thread a request; a client that stays silent is no error."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, handler)

    def server_bind(self) -> None:
        """Bind, and ask no name server what this machine is called: it may not answer."""
        TCPServer.server_bind(self)

    def handle_error(self, *_whom: object) -> None:
        """Say it to whoever debugs."""
        _log.debug("a scrape failed", exc_info=True)


def _server(section: PublishSection, handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    where = f"{section.metrics_host}:{section.metrics_port}"
    try:
        context = _context(section)
        server = _Server((section.metrics_host, section.metrics_port), handler)
    except OSError as error:
        raise PublishError(
            f"expected to serve {where}, got '{error.strerror}' at publish.metrics_*"
        ) from error
    if context is not None:  # hands are shaken on the request's own thread, not on the one that accepts
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return server


def _context(section: PublishSection) -> ssl.SSLContext | None:
    if not section.metrics_cert_file:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    load_chain(context, section.metrics_cert_file, section.metrics_key_file)
    if section.metrics_ca_file:
        context.load_verify_locations(section.metrics_ca_file)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
