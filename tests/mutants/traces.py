"""Which tests execute which lines, and how long they take."""

import multiprocessing
import os
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from tests.mutants.quiet import ARGUMENTS, steady

IMPORTED = "import"
CALLS = 30  # of a function that one test makes are followed: what only a later call does is not seen


@dataclass(slots=True)
class Traces:
    """Lines of the watched files by test."""

    lines: dict[str, set[tuple[str, int]]]
    """Executed (file, line) by test; those of imports under `IMPORTED`."""
    seconds: dict[str, float]
    """How long each test takes."""
    effort_s: dict[str, float]
    """Processor time of each test and of the processes it waited for: the same on a busy machine."""
    failed: list[str] = field(default_factory=list)
    """Tests that fail without any mutant."""

    def of(self, path: Path, lines: range) -> list[str]:
        """Return the tests that execute one of a statement's lines, the cheapest first.

        A statement that runs at import only concerns every test that executes a line of its file, or, where
        the whole file is such, every test.
        """
        name = str(path)
        wanted = {(name, line) for line in lines}
        ran = {test: found for test, found in self.lines.items() if test != IMPORTED}
        found = [test for test, executed in ran.items() if wanted & executed]
        if not found and wanted & self.lines.get(IMPORTED, set()):
            found = [
                test for test, executed in ran.items() if name in {file for file, _ in executed}
            ] or list(ran)
        return sorted(found, key=self.effort_s.__getitem__)


class _Recorder:
    """A plugin of pytest that notes under whose name each line is executed.

    What a fixture executes belongs to every test that uses it, whichever of them ran it first.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self._files = {str(path.resolve()): str(path) for path in paths}
        self._lines: dict[str, set[tuple[str, int]]] = defaultdict(set)
        self._names = [IMPORTED]
        self._calls: Counter[tuple[str, CodeType]] = Counter()
        self._uses: dict[str, list[str]] = {}
        self._seconds: dict[str, float] = defaultdict(float)
        self._effort_s: dict[str, float] = {}
        self._failed: list[str] = []

    def trace(self, frame: FrameType, event: str, argument: object) -> Any:
        """Follow the watched files only."""
        name = self._files.get(frame.f_code.co_filename)
        if name is None:
            return None
        self._calls[self._names[-1], frame.f_code] += 1
        if self._calls[self._names[-1], frame.f_code] > CALLS:
            return None

        def each(inner: FrameType, _event: str, _argument: object) -> Any:
            self._lines[self._names[-1]].add((name, inner.f_lineno))
            return each

        return each(frame, event, argument)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        """Note what runs under the name of the test."""
        self._uses[item.nodeid] = list(getattr(item, "fixturenames", []))
        self._names.append(item.nodeid)
        before_s = _processor_s()
        try:
            return (yield)
        finally:
            self._names.pop()
            self._effort_s[item.nodeid] = _processor_s() - before_s

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Any:
        """Note what runs under the name of the fixture."""
        self._names.append(f"fixture {fixturedef.argname}")
        try:
            return (yield)
        finally:
            self._names.pop()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up the time of the test's phases."""
        self._seconds[report.nodeid] += report.duration
        if report.failed:
            self._failed.append(report.nodeid)

    def traces(self) -> Traces:
        """Give each test its own lines and those of its fixtures."""
        lines = {IMPORTED: self._lines[IMPORTED]}
        for test, fixtures in self._uses.items():
            lines[test] = set().union(self._lines[test], *(self._lines[f"fixture {one}"] for one in fixtures))
        return Traces(lines, dict(self._seconds), self._effort_s, self._failed)


def _processor_s() -> float:
    return sum(os.times()[:4])


def traced(tests: list[str], paths: list[Path]) -> Traces:
    """Run the tests twice, each time in a process of its own: followed line by line, then for their time.

    Raises
    ------
    RuntimeError : the tests cannot be collected.
    """
    found = _once(tests, paths, follow=True)
    timed = _once(tests, paths, follow=False)
    found.seconds.update(timed.seconds)
    found.effort_s.update(timed.effort_s)
    return found


def _once(tests: list[str], paths: list[Path], *, follow: bool) -> Traces:
    ours, its = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_run, args=(tests, paths, follow, its))
    process.start()
    its.close()
    try:
        found: Traces = ours.recv()
    except EOFError as error:
        raise RuntimeError(f"expected tests that can be collected and run, got others at {tests}") from error
    finally:
        process.join()
    return found


def _run(tests: list[str], paths: list[Path], follow: bool, answer: Connection) -> None:
    recorder = _Recorder(paths)
    with steady():
        if follow:
            threading.settrace(recorder.trace)
            sys.settrace(recorder.trace)
        status = pytest.main([*ARGUMENTS, *tests], plugins=[recorder])
        sys.settrace(None)
    if status in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        answer.send(recorder.traces())
