"""What the front door says of paths and addresses that are none."""

import pytest

import edge
from edge.config import load
from edge.tables import from_arrays

TABLE = from_arrays([[0.0, 1.0], [1.0, 0.0]], rate_hz=10.0)
PATHS = {
    "path": (edge.read, TABLE.to_csv),
    "video": (edge.signals,),
    "recording": (lambda path: edge.report([path], "page.html"), lambda path: edge.report(path, "page.html")),
    "out": (lambda path: edge.report("meeting.jsonl", path),),
    "config": (load,),
}


@pytest.mark.parametrize("given", [None, 3, b"a.csv", {"a.csv"}, "a\0b", "a\ud800"])
@pytest.mark.parametrize("name", PATHS)
def test_what_no_file_can_be_called_is_refused(name, given):
    """No text, a zero in it or half a character: one line that names the argument; no file is looked for."""
    for call in PATHS[name]:
        with pytest.raises(edge.EdgeError, match=rf"^expected a path, got .* at {name}$"):
            call(given)


@pytest.mark.parametrize("given", [None, 3, b"hub", "a\0b"])
def test_what_is_no_address_is_refused(given):
    """A hub needs a text with a host in it."""
    with pytest.raises(edge.EdgeError, match=r"^expected .*mqtt.*, got .* at broker$"):
        edge.Hub(given)
