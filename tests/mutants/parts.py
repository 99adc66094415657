"""The parts under mutation, their tests, the sample of their mutants, and those that change nothing."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.operators import Mutant, mutants

EQUIVALENT = Path(__file__).with_name("equivalent.txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Code to mutate and the tests that should notice."""

    code: str
    """Folder of the part."""
    tests: tuple[str, ...]
    """Folders and files of tests that run in one process with it."""

    @property
    def files(self) -> list[Path]:
        """The part's source files."""
        return sorted(Path(self.code).rglob("*.py"))


PARTS = {
    "measures": Part(code="edge/measures", tests=("tests/measures", "tests/pipeline/test_wipe.py")),
    "evidence": Part(code="edge/evidence", tests=("tests/evidence",)),
    "privacy": Part(code="edge/privacy", tests=("tests/privacy",)),
    "durable": Part(
        code="edge/publish/durable",
        tests=tuple(f"tests/publish/test_{name}.py" for name in ("store", "spool", "kept", "time", "bytes")),
    ),
    "expression": Part(
        code="edge/expression",
        tests=("tests/expression", "tests/signals/test_tiers.py", "tests/pipeline/test_wipe.py"),
    ),
    "events": Part(code="edge/events", tests=("tests/events", "tests/pipeline/test_wipe.py")),
}


def sample(part: Part, size: int, seed: int, equivalent: frozenset[str]) -> list[Mutant]:
    """Return some of the part's mutants; an edit of some lines leaves the rest of the sample as it is."""
    every = [mutant for path in part.files for mutant in mutants(path)]
    again: Counter[str] = Counter()
    ranked = []
    for mutant in every:
        key = f"{mutant.path} {mutant.key}"
        again[key] += 1
        if key not in equivalent:
            rank = hashlib.sha256(f"{seed} {again[key]} {key}".encode()).digest()
            ranked.append((rank, mutant))
    return [mutant for _, mutant in sorted(ranked, key=lambda one: one[0])[:size]]


def equivalents(text: str) -> dict[str, str]:
    """Return the mutants that no test can tell from the original, each with the reason.

    A line with a mutant is `path function: before  ->  after`; the lines below it, indented, are the reason.
    """
    found: dict[str, str] = {}
    last = ""
    for line in text.splitlines():
        if line.startswith("  ") and last:
            found[last] = f"{found[last]} {line.strip()}".strip()
        elif line.strip() and not line.startswith("#"):
            last = line
            found[last] = ""
    return found
