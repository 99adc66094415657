"""The source of an address: MQTT, or AMQP at a cluster."""

from pathlib import Path

from edge.campus.amqp import AmqpSource
from edge.campus.mqtt import MqttSource
from edge.credentials import client_context, password_of
from edge.hub.login import login_of


def source_of(
    url: str,
    *,
    client_id: str,
    share: str,
    site: str,
    topic_prefix: str,
    password_file: str,
    ca_file: str,
    cert_file: str,
    key_file: str,
) -> MqttSource | AmqpSource:
    """Connect to where messages come from; EdgeError names what is wrong with the address or a file.

    Over AMQP `client_id` is the name of the queue, which any number of consumers share.
    """
    if url.startswith(("amqp://", "amqps://")):
        context = client_context(ca_file, cert_file, key_file) if url.startswith("amqps") else None
        password = password_of(Path(password_file), password_file) if password_file else ""
        return AmqpSource(
            url, name=client_id, site=site, topic_prefix=topic_prefix, context=context, password=password
        )
    files = {"ca_file": ca_file, "cert_file": cert_file, "key_file": key_file, "password_file": password_file}
    login = login_of(url, password="", client_id=client_id, **files)
    return MqttSource(login, site=site, topic_prefix=topic_prefix, share=share)
