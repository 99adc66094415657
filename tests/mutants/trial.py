"""Mutants against the tests that execute their lines, several at once, each in a forked process."""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from types import CodeType

import pytest

from tests.mutants.operators import Mutant, mutated
from tests.mutants.quiet import ARGUMENTS, steady
from tests.mutants.traces import Traces

BUDGET_S = 30.0  # processor time that a mutant's tests may take together; of more, the cheapest are run
TIMES = 4.0  # a trial may take this many times its tests' own time, and `spare_s` on top


@dataclass(slots=True)
class _Trial:
    mutant: Mutant
    process: ForkProcess
    until_s: float


def survivors(
    mutants: list[Mutant], traces: Traces, *, jobs: int, spare_s: float = 15.0
) -> Iterator[tuple[Mutant, bool]]:
    """Yield each mutant, and whether every test passes in spite of it, in the order in which they end."""
    waiting = list(reversed(mutants))
    running: dict[int, _Trial] = {}
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                mutant = waiting.pop()
                tests = traces.of(mutant.path, mutant.lines)
                if tests:
                    tests, own_s = _within(BUDGET_S, tests, traces)
                    trial = _started(mutant, tests, spare_s + TIMES * own_s)
                    running[trial.process.sentinel] = trial
                else:
                    yield mutant, True
            for sentinel in _ended(running):
                yield running[sentinel].mutant, _survived(running.pop(sentinel))
    finally:
        for trial in running.values():
            trial.until_s = 0.0
            _survived(trial)


def _within(budget_s: float, tests: list[str], traces: Traces) -> tuple[list[str], float]:
    """Return the cheapest of the tests that fit a budget, at least one, and the time that they take."""
    total_s, taken = 0.0, 0
    while taken < len(tests) and (not taken or total_s + traces.effort_s[tests[taken]] <= budget_s):
        total_s += traces.effort_s[tests[taken]]
        taken += 1
    return tests[:taken], sum(traces.seconds[one] for one in tests[:taken])


def _ended(running: dict[int, _Trial]) -> list[int]:
    """Wait until a trial is over or out of time; return which."""
    if not running:
        return []
    left_s = min(trial.until_s for trial in running.values()) - time.monotonic()
    done = [sentinel for sentinel in wait(list(running), max(0.0, left_s)) if isinstance(sentinel, int)]
    late = [sentinel for sentinel, trial in running.items() if time.monotonic() >= trial.until_s]
    return done or late


def _started(mutant: Mutant, tests: list[str], limit_s: float) -> _Trial:
    process = multiprocessing.get_context("fork").Process(target=_try, args=(mutant, tests))
    process.start()
    return _Trial(mutant, process, time.monotonic() + limit_s)


def _survived(trial: _Trial) -> bool:
    """End what is left of a trial, its own children too; one that was out of time did not survive."""
    late, pid = time.monotonic() >= trial.until_s, trial.process.pid
    assert pid is not None
    if late:
        trial.process.kill()
    with suppress(ChildProcessError):  # the start of another trial may have joined it
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # else its number stays taken until it is joined
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    trial.process.join()
    code = trial.process.exitcode
    if code in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise RuntimeError(f"expected the tests to run, got exit {code} at {trial.mutant}")
    return not late and code == pytest.ExitCode.OK


def _try(mutant: Mutant, tests: list[str]) -> None:
    """Import the mutated module in place of its file and run the tests up to the first that fails."""
    os.setsid()
    sys.meta_path.insert(0, _Finder(mutant))
    with steady():
        os._exit(pytest.main([*ARGUMENTS, "-x", *tests]))


class _Finder(MetaPathFinder):
    """Finds the one module that is mutated."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        parts = mutant.path.with_suffix("").parts
        self._name = ".".join(parts).removesuffix(".__init__")

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        """Return how to load the mutated module; None for any other."""
        if fullname != self._name:
            return None
        file = str(self._mutant.path.resolve())
        return spec_from_file_location(fullname, file, loader=_Loader(fullname, file, self._mutant))


class _Loader(SourceFileLoader):
    """Compiles the mutated tree of a file."""

    def __init__(self, name: str, file: str, mutant: Mutant) -> None:
        super().__init__(name, file)
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        """Return the code of the mutated module."""
        code: CodeType = compile(mutated(self._mutant), self.path, "exec")
        return code
