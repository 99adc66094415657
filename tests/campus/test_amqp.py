"""Addresses of a cluster; the source itself runs with a real RabbitMQ in `make campus`."""

import importlib.util

import pytest

from edge.campus.amqp import AmqpSource, nodes
from edge.cli import main
from edge.errors import CampusError


def test_every_node_of_a_cluster_has_its_address():
    """The login goes to each node; a password from a file is quoted and goes before that of the address."""
    found = nodes("amqps://me:old@a,b:5673/", "p@ss/1")
    assert found == ["amqps://me:p%40ss%2F1@a/?heartbeat=10", "amqps://me:p%40ss%2F1@b:5673/?heartbeat=10"]
    assert nodes("amqp://[::1]:5672") == ["amqp://[::1]:5672/?heartbeat=10"]


@pytest.mark.parametrize("url", ["amqp://", "amqp://a,,b", "amqp://a:port", "http://a", "amqp://a:99999", ""])
def test_a_bad_address_is_named(url):
    """An address of no cluster is refused in one line."""
    with pytest.raises(CampusError, match="expected amqp"):
        nodes(url)


@pytest.mark.skipif(importlib.util.find_spec("aio_pika") is not None, reason="needs no aio-pika")
def test_without_its_client_the_remedy_is_named(tmp_path, capsys):
    """Without the extra the command names the package."""
    command = ["collect", "--broker", "amqp://127.0.0.1", "--store", f"sqlite:///{tmp_path}/c"]
    assert main(command) == 1
    assert "pip install 'mimicry-edge[campus]'" in capsys.readouterr().err


def test_a_password_is_never_told():
    """The error of a wrong address has no password in it."""
    with pytest.raises(CampusError) as caught:
        AmqpSource("amqp://me:secret@a:port")
    assert "secret" not in str(caught.value)
