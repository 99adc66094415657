"""What Prometheus asks of a collector: its counters, and the rooms of the store that need somebody."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sqlalchemy import ColumnElement, TableClause, column, func, literal_column, select

from edge.campus.collector import Counters
from edge.campus.engine import transaction
from edge.campus.store import Store
from edge.errors import CampusError

_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_TIMEOUT_S = 10.0
_LABELS = ("site", "device", "building", "floor", "room")


@dataclass(frozen=True, slots=True)
class Family:
    """One metric of the store: a sample for each row of a view."""

    name: str
    help: str
    view: str
    value: str = "1"
    """Column or expression."""


FAMILIES = (
    Family("device_offline", "Devices that the broker calls away, or that are silent", "offline"),
    Family("device_deaf", "Devices that requests do not reach", "deaf"),
    Family("device_degraded", "Devices in the modes degraded and safe", "degraded"),
    Family("device_clock_unsynced", "Devices whose clock is not set", "clock"),
    Family("device_old_version", "Devices with another version than the newest", "old_version"),
    Family("device_muted_since_seconds", "Since when muted devices are", "muted", "muted_since_ms / 1000.0"),
    Family("gap_messages", "Results that are missing", "gap", "missing"),
)
_HELPS = {
    "new": "Results written",
    "copies": "Results that were there already",
    "parked": "Messages of no device, put aside",
    "asked": "Requests for what is missing",
    "retries": "Batches that the store did not take at once",
}


def exposition(store: Store, counters: Counters, certificate_until_s: float | None) -> str:
    """Return everything as Prometheus text; `mimicry_store_up` is 0 while the store is away."""
    lines = [
        f"# HELP mimicry_collect_{name}_total {_HELPS[name]}.\n# TYPE mimicry_collect_{name}_total counter\n"
        f"mimicry_collect_{name}_total {value}\n"
        for name, value in asdict(counters).items()
    ]
    if certificate_until_s is not None:
        lines.append(_gauge("certificate_expiry_seconds", "End of the hub's certificate, seconds since 1970"))
        lines.append(f"mimicry_certificate_expiry_seconds {certificate_until_s:.12g}\n")
    try:
        rooms = list(_rooms(store))
    except CampusError:
        rooms = []
    lines.append(_gauge("store_up", "Whether the store answers"))
    return "".join([*lines, f"mimicry_store_up {int(bool(rooms))}\n", *rooms])


def _rooms(store: Store) -> Iterator[str]:
    """Yield the samples of every view; a device with several gaps has one sample, their sum."""
    with transaction(store.engine) as db:
        for family in FAMILIES:
            yield _gauge(family.name, family.help)
            labels: list[ColumnElement[str | None]] = [column(label) for label in _LABELS]
            value: ColumnElement[float | None] = func.sum(literal_column(family.value))
            query = select(*labels, value).select_from(TableClause(family.view)).group_by(*labels)
            for *names, total in db.execute(query):
                yield f"mimicry_{family.name}{{{_labels(names)}}} {total or 0:.12g}\n"


def _labels(names: Sequence[str | None]) -> str:
    pairs = zip(_LABELS, names, strict=True)
    return ",".join(f'{label}="{_escaped(name or "")}"' for label, name in pairs)


def _gauge(name: str, told: str) -> str:
    return f"# HELP mimicry_{name} {told}.\n# TYPE mimicry_{name} gauge\n"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


class MetricsServer:
    """Serves /metrics on an address of this machine."""

    def __init__(self, host: str, port: int, text_of: Callable[[], str]) -> None:
        class Handler(BaseHTTPRequestHandler):
            """Answers /metrics."""

            timeout = _TIMEOUT_S

            def do_GET(self) -> None:
                """Send the numbers, or 404."""
                found = self.path == "/metrics"
                body = text_of().encode() if found else b""
                self.send_response(HTTPStatus.OK if found else HTTPStatus.NOT_FOUND)
                self.send_header("Content-Type", _TYPE)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_request(self, *_words: object) -> None:
                """Say nothing: scrapes are no state change."""

        try:
            self._server = ThreadingHTTPServer((host, port), Handler)
        except OSError as error:
            raise CampusError(
                f"expected to serve {host}:{port}, got {error.strerror!r} at metrics"
            ) from error
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
