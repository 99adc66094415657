"""What leaves a store: files, and the numbers for Prometheus."""

import csv
import importlib.util
import urllib.error
import urllib.request

import pytest

from edge.campus.collector import Counters
from edge.campus.export import NAMES, export
from edge.campus.message import Message
from edge.campus.metrics import MetricsServer, exposition
from edge.cli import main
from tests.campus.conftest import health, summary, write


@pytest.fixture
def filled(store):
    """Return a store with two rooms, one of them in trouble."""
    later = "2026-03-05T00:00:00.000Z"
    write(
        store, summary(1, index=None), summary(2, time=later), summary(4, time=later), health(mode="degraded")
    )
    write(store, Message("site/devices/dev-2/availability", b"offline"), summary(1, device="dev-2"))
    return store


def read(path):
    """Return the rows of a CSV file."""
    return list(csv.DictReader(path.read_text().splitlines()))


@pytest.mark.parametrize("name", NAMES)
def test_every_table_and_view_is_written(filled, tmp_path, name):
    """A file has a head and as many rows as were told."""
    count = export(filled, name, tmp_path / "x.csv")
    assert len((tmp_path / "x.csv").read_text().splitlines()) == count + 1


def test_results_of_a_span_of_time(filled, tmp_path, capsys):
    """The command writes the results of some days with the names of their device; null is an empty cell."""
    out = tmp_path / "x.csv"
    address = filled.engine.url.render_as_string()
    command = ["collect", "--store", address, "--export", "summary", "--out", str(out)]
    assert main([*command, "--until", "2026-03-05"]) == 0
    found = read(out)
    assert [(row["name"], row["seq"], row["mimicry_index"]) for row in found] == [
        ("dev-1", "1", ""),
        ("dev-2", "1", "0.5"),
    ]
    assert main([*command, "--since", "2026-03-05"]) == 0
    assert [row["seq"] for row in read(out)] == ["2", "4"]
    assert main(["collect", "--store", address, "--export", "device; DROP TABLE summary"]) == 1
    assert "expected one of summary" in capsys.readouterr().err


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is None, reason="needs pyarrow")
def test_parquet(filled, tmp_path):
    """Parquet holds the same rows, with null where nothing was measurable."""
    parquet = importlib.import_module("pyarrow.parquet")
    assert export(filled, "summary", tmp_path / "x.parquet") == 4
    found = parquet.read_table(tmp_path / "x.parquet").to_pylist()
    assert [row["mimicry_index"] for row in found] == [None, 0.5, 0.5, 0.5]


def test_numbers_for_prometheus(filled):
    """Counters, and a sample for each room that needs somebody; a gap has the number of its results."""
    told = exposition(filled, Counters(new=5, asked=2), 1.9e9).splitlines()
    place = 'building="",floor="",room=""'
    for sample in (
        "mimicry_collect_new_total 5",
        "mimicry_collect_asked_total 2",
        "mimicry_certificate_expiry_seconds 1900000000",
        "mimicry_store_up 1",
        f'mimicry_device_degraded{{site="site",device="dev-1",{place}}} 1',
        f'mimicry_device_offline{{site="site",device="dev-2",{place}}} 1',
        f'mimicry_gap_messages{{site="site",device="dev-1",{place}}} 1',
    ):
        assert sample in told
    assert not any("device_deaf{" in line for line in told)


def test_a_store_that_is_away_is_told(filled):
    """Without the store the counters are there still, and `store_up` is 0."""
    with filled.engine.begin() as db:
        db.exec_driver_sql("DROP VIEW offline")
    told = exposition(filled, Counters(), None).splitlines()
    assert "mimicry_store_up 0" in told
    assert "mimicry_collect_new_total 0" in told


def test_the_server():
    """The numbers are at /metrics and nowhere else."""
    server = MetricsServer("127.0.0.1", 0, lambda: "x 1\n")
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics", timeout=60) as answer:
        assert answer.read() == b"x 1\n"
    with pytest.raises(urllib.error.HTTPError, match="404") as found:
        urllib.request.urlopen(f"http://127.0.0.1:{server.port}/", timeout=60)
    found.value.close()
    server.close()
