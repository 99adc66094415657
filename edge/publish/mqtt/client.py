"""A paho client with the login and certificates of the configuration; its errors become PublishError."""

import ssl

from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from edge.config.sections import PublishSection
from edge.credentials import refusal
from edge.errors import PublishError
from edge.opening import PromptClient
from edge.publish.packet import MAX_PACKET_BYTES, WINDOW
from edge.publish.secret import SYSTEMD_CREDENTIAL, read_secret, tls_context

Protocol = MQTTProtocolVersion
V5, V311 = MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311
CONNECT_TIMEOUT_S = 5.0
SESSION_EXPIRY_S = 86400


def make_client(
    section: PublishSection, client_id: str, protocol: Protocol, password: str, *, keep_session: bool
) -> PromptClient:
    """Build a client that connects once; PublishError names a credential file that cannot be read.

    An empty password is read from the file that the configuration names.
    """
    client = PromptClient(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        clean_session=None if protocol == V5 else not keep_session,
        protocol=protocol,
        transport=section.transport,
        reconnect_on_failure=False,
        manual_ack=True,
    )
    client.ws_set_options(section.websocket_path)
    client.suppress_exceptions = True
    client.connect_timeout = CONNECT_TIMEOUT_S
    client.max_inflight_messages_set(WINDOW)
    if section.username:
        password = password or read_secret(section.password_file or SYSTEMD_CREDENTIAL)
        client.username_pw_set(section.username, password)
    if section.tls:
        client.tls_set_context(tls_context(section))
    return client


def connect(client: PromptClient, section: PublishSection, *, keep_session: bool) -> None:
    """Connect the socket and send CONNECT; PublishError says why it failed."""
    v5, where = client.protocol == V5, address(section)
    try:
        client.connect(
            section.host,
            section.port,
            section.keepalive_s,
            clean_start=not keep_session if v5 else MQTT_CLEAN_START_FIRST_ONLY,
            properties=_connect_properties() if v5 and keep_session else None,
        )
    except ssl.SSLError as error:
        raise PublishError(f"expected a trusted TLS broker, got '{refusal(error)}' at {where}") from error
    except (OSError, ValueError, IndexError) as error:  # IndexError: an answer that paho cannot take apart
        raise PublishError(f"expected a broker, got '{refusal(error)}' at {where}") from error


def address(section: PublishSection) -> str:
    """Return where the broker is, for messages."""
    path = section.websocket_path if section.transport == "websockets" else ""
    return f"{section.host}:{section.port}{path}"


def properties(packet_type: int) -> Properties:
    """Return an empty set; paho's constructor is untyped."""
    return Properties(packet_type)  # type: ignore[no-untyped-call]


def _connect_properties() -> Properties:
    found = properties(PacketTypes.CONNECT)
    found.SessionExpiryInterval = SESSION_EXPIRY_S
    # Mosquitto drops a packet above the maximum but never frees its place in the window; once the window is
    # full of them, it sends nothing more. So requests that are too large are received and refused here.
    found.MaximumPacketSize = MAX_PACKET_BYTES
    found.ReceiveMaximum = WINDOW
    return found
