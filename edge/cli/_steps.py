"""What `batch` does for one recording: the commands one would type, each only if its result is missing."""

import io
import shlex
import threading
from collections.abc import Collection, Mapping, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path

from edge import cli
from edge.batch import Recording
from edge.files import write_whole
from edge.outputs import ready

COMMANDS = ("signals", "measure", "replay", "report")
_ONE_AT_A_TIME = threading.Lock()  # standard error belongs to the process


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command on one recording."""

    words: tuple[str, ...]
    """The command and its arguments."""
    inputs: tuple[Path, ...]
    """What the result is made of."""
    out: Path
    """The result."""

    @property
    def done(self) -> bool:
        """Whether the result is there and no older than what it is made of; half a file has another name."""
        if not self.out.exists() or not all(path.exists() for path in self.inputs):
            return False
        return self.out.stat().st_mtime_ns >= max(path.stat().st_mtime_ns for path in self.inputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The steps of one recording."""

    recording: Recording
    steps: tuple[Step, ...]

    @property
    def done(self) -> bool:
        """Whether nothing is missing."""
        return all(step.done for step in self.steps)


def job(
    recording: Recording, commands: Collection[str], options: Mapping[str, Sequence[str]], ending: str
) -> Job:
    """Return the steps of a recording; what a step needs from one before it is made too."""
    inputs, lines = recording.inputs, recording.result("jsonl")
    table = (recording.result("signals.csv"),) if recording.film else inputs
    together = ("--together",) if len(inputs) > 1 else ()
    steps = {
        "signals": _step("signals", inputs, recording.result("signals.csv"), options),
        "measure": _step("measure", table, recording.result(f"measures.{ending}"), options),
        "replay": _step("replay", inputs, lines, options, "--frames", *together),
        "report": _step("report", (lines,), recording.result("html"), options),
    }
    wanted = {*commands} | ({"replay"} if "report" in commands else set())
    wanted |= {"signals"} if "measure" in commands else set()
    wanted -= set() if recording.film else {"signals"}
    return Job(recording=recording, steps=tuple(step for name, step in steps.items() if name in wanted))


def _step(
    name: str, inputs: tuple[Path, ...], out: Path, options: Mapping[str, Sequence[str]], *more: str
) -> Step:
    given = options.get(name, ())
    config = [Path(given[k + 1]) for k, word in enumerate(given) if word == "--config"]
    return Step(
        words=(name, *map(str, inputs), "--out", str(out), *more, *given), inputs=(*inputs, *config), out=out
    )


def work(job: Job) -> str:
    """Do what is missing of one recording; return the error of the step that failed, empty if none did.

    What the commands say is written beside the results.
    """
    said = io.StringIO()
    with _ONE_AT_A_TIME, redirect_stderr(said):
        job.recording.base.parent.mkdir(parents=True, exist_ok=True)
        failed = any(_fails(step, said) for step in job.steps if not step.done)
    if text := said.getvalue():
        write_whole(job.recording.result("log"), text)
    return text.splitlines()[-1].removeprefix("error: ") if failed else ""


def _fails(step: Step, said: io.StringIO) -> bool:
    """Run one step."""
    said.write(f"mimicry-edge {shlex.join(step.words)}\n")
    return cli.main(step.words) != 0


def tidy(jobs: Sequence[Job]) -> None:
    """Remove what was half written when the work was interrupted."""
    for one in jobs:
        ready(*(step.out for step in one.steps if step.out.parent.exists()))
