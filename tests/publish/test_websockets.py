"""MQTT over WebSockets, with and without TLS, at a real Mosquitto and at ports that are something else."""

import signal
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from paho.mqtt.enums import CallbackAPIVersion

from edge.cli import main
from edge.hub import Hub
from edge.opening import PromptClient
from edge.publish.mqtt.client import CONNECT_TIMEOUT_S
from tests.publish.broker import Broker, Listener, free_port, until
from tests.publish.dribbler import Dribbler
from tests.publish.wire import Tap

BASE = "site/devices/dev-1"
LARGE = 2  # Mosquitto 2.0.11 passes on some 30 kB/s over a WebSocket, more would let the mute wait


@pytest.fixture(params=["ws", "wss"])
def web(request, tmp_path, certificates):
    """Start a broker with a WebSocket and a plain listener; yield it, the plain port and the settings."""
    plain, listener, settings = free_port(), "protocol websockets", {"transport": "websockets"}
    if request.param == "wss":
        listener += f"\ncertfile {certificates}/good.pem\nkeyfile {certificates}/good.key"
        settings |= {"tls": True, "ca_file": str(certificates / "ca.pem")}
    extra = f"listener {plain} 127.0.0.1"
    with Broker(tmp_path / "broker", listener=listener, extra=extra) as broker:
        yield broker, plain, settings


def test_a_device_works_over_websockets(web, publisher):
    """Results arrive, requests are heard, large ones refused, a cut is survived, the goodbye is told."""
    (broker, plain, settings), mutes = web, []
    one = publisher(broker.port, **settings, on_command=lambda command: mutes.append(command.body["on"]))
    with Listener(plain) as listener:
        listener.wait_for("availability")
        one.publish_event({"type": "start", "id": "x" * 100_000, "t_s": 1.0, "start_s": 1.0, "end_s": None})
        assert len(listener.wait_for("mimicry/event")[0].payload) > 100_000
        for _ in range(LARGE):
            listener.client.publish(f"{BASE}/privacy/set", bytes(70_000), 1)
        listener.send(f"{BASE}/privacy/set", "ON")
        until(lambda: True in mutes)
        broker.signal(signal.SIGKILL)
        until(lambda: not one.connected)
        broker.start()
        until(lambda: one.connected and listener.connected.is_set())
        listener.send(f"{BASE}/privacy/set", "OFF")
        until(lambda: mutes[-1] is False)  # a broker that was killed may bring the mute twice
        assert one.deaf == ""
        assert one.own_health()["mqtt"]["requests_refused"] >= LARGE
        one.close()
        until(lambda: listener.on("availability")[-1].payload == b"stopped")


def test_the_hub_hears_over_websockets(web, publisher, certificates):
    """A consumer with a ws:// or wss:// address hears a device that speaks plain MQTT."""
    broker, plain, settings = web
    publisher(plain)
    scheme = "wss" if settings.get("tls") else "ws"
    with Hub(f"{scheme}://127.0.0.1:{broker.port}/mqtt", ca_file=settings.get("ca_file", "")) as hub:
        until(lambda: (item := hub.poll(0.1)) and item.body == {"state": "online"})
        assert hub.trouble == ""


def test_the_path_is_asked_for(tmp_path, publisher):
    """The first bytes of a connection ask for the configured path and for MQTT."""
    extra = f"listener {free_port()} 127.0.0.1"  # with a WebSocket alone, Mosquitto 2.0.11 does not start
    with (
        Broker(tmp_path / "broker", listener="protocol websockets", extra=extra) as broker,
        Tap(broker.port) as tap,
    ):
        one = publisher(tap.port, transport="websockets", websocket_path="/room/2F26?as=mqtt")
        until(lambda: one.connected)
        with Hub(f"ws://127.0.0.1:{tap.port}/hub?as=mqtt") as hub:
            until(lambda: hub.connected)
        asked = [bytes(sent).split(b"\r\n") for sent in tap.sent[:2]]
    assert [one[0] for one in asked] == [b"GET /room/2F26?as=mqtt HTTP/1.1", b"GET /hub?as=mqtt HTTP/1.1"]
    assert all(b"Sec-Websocket-Protocol: mqtt" in one for one in asked)


class _Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404)
        self.send_header("Connection", "upgrade")
        self.send_header("Sec-WebSocket-Accept", "none")
        self.end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def _web_server():
    server = HTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_is_no_websocket_is_named(tmp_path, broker, capsys):
    """A plain MQTT port and a web server without MQTT are refused in one line with address and path."""
    with _web_server() as web_port:
        for port in (broker.port, web_port):
            file = tmp_path / "c.yaml"
            file.write_text(
                f"publish: {{host: 127.0.0.1, port: {port}, tls: false, transport: websockets,\n"
                f"  websocket_path: /mqtt, device_id: dev-1}}\nservice: {{state_dir: {tmp_path}}}\n"
            )
            others = "device,board,permissions,libraries,camera,models,delegate,clock,disk,temperature"
            assert main(["check", "--config", str(file), "--skip", others]) == 1
            said = capsys.readouterr().out
            assert "expected a broker, got 'no MQTT over WebSockets" in said
            assert f"at 127.0.0.1:{port}/mqtt" in said
            with Hub(f"ws://127.0.0.1:{port}") as hub:
                until(lambda hub=hub: hub.trouble.startswith("no MQTT over WebSockets at"))


def test_the_handshake_has_one_deadline():
    """A server that answers byte by byte, for ever, is left after the time that a whole handshake has."""
    client = PromptClient(CallbackAPIVersion.VERSION2, transport="websockets")
    client.connect_timeout = 0.3
    with Dribbler() as server:
        with pytest.raises(TimeoutError, match=r"^no answer within 0\.3 s$"):
            client.connect("127.0.0.1", server.port)
        until(lambda: server.held_s)
    assert server.held_s[0] >= 0.25


def test_a_stop_waits_for_no_handshake(publisher):
    """Device and consumer end while a server still dribbles its answer to them."""
    with Dribbler() as server:
        one = publisher(server.port, transport="websockets")
        hub = Hub(f"ws://127.0.0.1:{server.port}")
        until(lambda: server.clients == 2)
        one.close()
        hub.close()
        assert not {"mqtt-session", "hub"} & {thread.name for thread in threading.enumerate()}
        until(lambda: len(server.held_s) == 2)
    assert max(server.held_s) < CONNECT_TIMEOUT_S
