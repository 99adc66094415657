"""Health as Prometheus text on loopback: every number of the last health message, flattened."""

import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from edge.errors import PublishError
from edge.plain import Json

_PREFIX = "mimicry"
_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(health: Json, prefix: str = _PREFIX) -> str:
    """Return numbers and booleans of the message as Prometheus text, one line each; null is left out."""
    lines = []
    for name, value in health.items():
        if isinstance(value, dict):
            lines.append(exposition(value, f"{prefix}_{name}"))
        elif isinstance(value, bool | int | float):
            lines.append(f"{prefix}_{name} {float(value):g}\n")
    return "".join(lines)


class Metrics:
    """A tiny server on 127.0.0.1; `health` is replaced with every health message."""

    def __init__(self, port: int) -> None:
        self.health: Json = {}
        metrics = self

        class Handler(BaseHTTPRequestHandler):
            """Answers /metrics."""

            def do_GET(self) -> None:
                """Send the numbers, or 404."""
                body = exposition(metrics.health).encode()
                self.send_response(HTTPStatus.OK if self.path == "/metrics" else HTTPStatus.NOT_FOUND)
                self.send_header("Content-Type", _TYPE)
                self.end_headers()
                self.wfile.write(body if self.path == "/metrics" else b"")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing: scrapes are no state change."""

        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        except OSError as error:
            raise PublishError(
                f"expected a free port, got '{error.strerror}' at publish.metrics_port"
            ) from error
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving; idempotent."""
        self._server.shutdown()
        self._server.server_close()
