"""Where pages are served: a port or the path of a socket, never one that is taken."""

import socket

import pytest

from edge.errors import PublishError
from edge.page.where import Where


def reached(path):
    """Whether somebody listens at a path."""
    with socket.socket(socket.AF_UNIX) as caller:
        return caller.connect_ex(str(path)) == 0


def test_a_path_is_a_socket_until_the_end(tmp_path):
    """Where a killed process left its socket it is served all the same; afterwards the path is free."""
    path = tmp_path / "page.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with Where(host=str(path), port=1).listening():
        assert reached(path)
    assert not path.exists()


def test_what_is_taken_is_named(tmp_path):
    """A port in use, a folder that is not there and a file in the way are errors of one line."""
    (tmp_path / "file").write_text("kept")
    with socket.create_server(("127.0.0.1", 0)) as other:
        places = [("127.0.0.1", other.getsockname()[1]), (f"{tmp_path}/no/sock", 1), (f"{tmp_path}/file", 1)]
        for host, port in places:
            with pytest.raises(PublishError, match=r"expected a free place .* at "):
                Where(host=host, port=port).listening().__enter__()
    assert (tmp_path / "file").read_text() == "kept"
