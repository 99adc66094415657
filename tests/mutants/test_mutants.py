"""The mutation tester finds what a test misses, and nothing else; six mutants of privacy are killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.operators import mutants
from tests.mutants.parts import EQUIVALENT, PARTS, equivalents

ROOT = Path(__file__).parents[2]
CODE = '''
def largest(a, b):
    """Return the larger one."""
    if a > b:
        return a
    return b


def counted(n):
    while n:
        n -= 1
    return n


def unseen():
    return 7
'''
TESTS = """
from toy.code import counted, largest


def test_largest():
    assert [largest(1, 2), largest(2, 1)] == [2, 2]


def test_counted():
    assert counted(3) == 0
"""
TRY = """
from pathlib import Path
from tests.mutants.operators import mutants
from tests.mutants.traces import traced
from tests.mutants.trial import survivors
path = Path("toy/code.py")
traces = traced(["test_toy.py"], [path])
for mutant, survives in survivors(mutants(path), traces, jobs=2, spare_s=8.0):
    if survives:
        print(mutant.key)
"""


def test_survivors_are_what_no_test_notices(tmp_path):
    """Of a small module survive the change without effect and those that no test runs; a loop is killed."""
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy/code.py").write_text(CODE)
    (tmp_path / "test_toy.py").write_text(TESTS)
    done = subprocess.run(
        [sys.executable, "-c", TRY],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{tmp_path}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert set(done.stdout.splitlines()) == {
        "largest: if a > b:  ->  if a >= b:",
        "unseen: return 7  ->  return 8",
        "unseen: return 7  ->  return None",
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = a <= b", {"x = a < b"}),
        ("x = a is None", {"x = a is not None"}),
        ("x = a + 2", {"x = a - 2", "x = a + 3"}),
        ("x = a and b", {"x = a or b"}),
        ("x = not a", {"x = a"}),
        ("x = -a", {"x = a"}),
        ("x = b if a else c", {"x = b if not a else c"}),
        ("x = True", {"x = False"}),
        ("x = 0.5", {"x = 1.0"}),
        ("x.y = a", {"pass"}),
        ("f(a)", {"pass"}),
        ("x -= a", {"x += a", "pass"}),
        ("raise ValueError(1)", {"pass"}),
        ("_log.warning('%d', 1)", set()),
        ("x: Array[2] = f(f'{a:2}')", set()),
        ("x = zip(a, b, strict=True)", set()),
    ],
)
def test_every_operator(tmp_path, before, after):
    """Each kind of statement has the mutants that it should have, and logging and annotations have none."""
    (tmp_path / "code.py").write_text(before)
    assert {mutant.after for mutant in mutants(tmp_path / "code.py")} == after


def test_equivalent_mutants_exist_and_have_reasons():
    """Each mutant listed as equivalent is one of the code as it is now, with the reason why."""
    listed = equivalents(EQUIVALENT.read_text())
    files = [path for part in PARTS.values() for path in part.files]
    assert listed.keys() <= {f"{one.path} {one.key}" for path in files for one in mutants(path)}
    assert all(listed.values())


@pytest.mark.slow
def test_six_mutants_of_privacy_are_killed():
    """Every one of six small faults in privacy fails a test."""
    command = [sys.executable, "-m", "tests.mutants", "privacy", "--mutants", "6"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "| privacy | 6 | 0 | 0.0 % |" in done.stdout, done.stdout + done.stderr
