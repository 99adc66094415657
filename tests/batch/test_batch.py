"""Many recordings on real processes: the same bytes as one after the other, and nothing done twice."""

import contextlib
import os
import shutil
import socket

import numpy as np
import pytest

from edge.batch import Cluster, spread
from edge.cli import main
from tests.batch.deadly import listening, work

SHORT = ("--commands", "measure", "--measures", "expression_synchrony")
PEOPLE = (1, 2)


def write(path, seed, seconds=30):
    """Write a table of two people at 5 Hz."""
    rng = np.random.default_rng(seed)
    rows = [f"{k / 5},{p},{rng.standard_normal():.4f}" for k in range(seconds * 5) for p in PEOPLE]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["t_s,person,motion", *rows]) + "\n")


def run(*words):
    """Run a command of the command line in this process."""
    return main([str(word) for word in words])


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Return a folder with four tables, one of them below it, and a broken one, and where results went."""
    folder, out = tmp_path_factory.mktemp("study"), tmp_path_factory.mktemp("done") / "out"
    for k, name in enumerate(["a.csv", "b.csv", "c.csv", "more/a.csv"]):
        write(folder / name, k)
    (folder / "broken.csv").write_text("{}\n")
    (folder / "notes.pdf").write_text("no recording")
    return folder, out, run("batch", folder, "--out", out, "--workers", 2, *SHORT)


def test_the_bytes_of_one_after_the_other(study, tmp_path):
    """Each result is what `measure` alone writes there; a broken table takes nothing else down."""
    folder, out, status = study
    assert status == 1
    kept = tmp_path / "kept"
    shutil.copytree(out, kept)
    for name in ("a.csv", "b.csv", "c.csv", "more/a.csv"):
        result = out / f"{name}.measures.csv"
        assert run("measure", folder / name, "--out", result, *SHORT[2:]) == 0
        assert result.read_bytes() == (kept / f"{name}.measures.csv").read_bytes()
    assert not (out / "broken.csv.measures.csv").exists()
    assert "expected a table, got JSON" in (out / "broken.csv.log").read_text()


def test_only_what_is_missing_is_done(study, capsys):
    """A second run does what has no result, or an older one than its table; half a file is no result."""
    folder, out, _ = study
    gone, old, there = (out / f"{name}.csv.measures.csv" for name in "abc")
    before, kept = gone.read_bytes(), there.stat().st_mtime_ns
    gone.rename(gone.with_name(".a.csv.measures.host.1.part.csv"))
    os.utime(folder / "b.csv", ns=(old.stat().st_mtime_ns + 10**9,) * 2)
    assert run("batch", folder, "--out", out, "--workers", 2, *SHORT) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[-2].startswith("2 done, 2 already there, 1 failed")
    assert said[-1].startswith("error: expected a table, got JSON")
    assert said[-1].endswith(f"({folder / 'broken.csv'})")
    assert gone.read_bytes() == before
    assert there.stat().st_mtime_ns == kept


def test_other_options_want_another_folder(study, capsys):
    """Results that rest on other options are not mixed."""
    folder, out, _ = study
    assert run("batch", folder, "--out", out, *SHORT, "--seed", 2) == 1
    assert "take another --out" in capsys.readouterr().err


def test_beside_another_batch():
    """The port that Dask likes best may be taken; nothing listens for other machines."""
    with socket.socket() as other:
        with contextlib.suppress(OSError):  # who has it already serves as well
            other.bind(("127.0.0.1", 8787))
            other.listen()
        assert dict(spread(listening, [os.getpid()], Cluster())) == {os.getpid(): "127.0.0.1"}


@pytest.mark.timeout(1200)  # it starts six processes one after the other, slowly on a busy machine
def test_deaths_of_workers(tmp_path):
    """Who dies once is replaced and tried again; what always kills is given up; all else is done."""
    rules = ["", "once", "always", "bad", "", "bug"]
    tasks = [(rule, str(tmp_path / f"{k}")) for k, rule in enumerate(rules)]
    found = dict(spread(work, tasks, Cluster(workers=2)))
    assert [found[task] for task in tasks] == [
        "",
        "",
        "expected a process that survives it, got 3 that died",
        "refused",
        "",
        "expected a result, got ValueError('a bug')",
    ]
