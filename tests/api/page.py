"""The sessions of `docs/python.md`, and how an answer is compared with what stands there."""

import doctest
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "python.md"
RENDERED = "<!-- rendered: the validation runs this block -->"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
NEAR = 0.1  # of a figure; other processors compute models a little differently


class Near(doctest.OutputChecker):
    """Words must be equal, numbers near."""

    def check_output(self, want, got, optionflags):
        """Compare one answer."""
        if NUMBER.sub("#", want) != NUMBER.sub("#", got):
            return False
        pairs = zip(map(float, NUMBER.findall(want)), map(float, NUMBER.findall(got)), strict=True)
        return all(abs(a - b) <= NEAR * max(1.0, abs(a)) for a, b in pairs)


def sessions(*, rendered):
    """Return the examples of the page that need the rendered film, or all the others, as one test."""
    text = PAGE.read_text(encoding="utf-8")
    before, mark, rest = text.partition(RENDERED)
    assert mark
    film, after = rest[: rest.index("\n## ")], rest[rest.index("\n## ") :]
    chosen = film if rendered else before + after
    return doctest.DocTestParser().get_doctest(chosen, {}, PAGE.name, str(PAGE), 0)


def run(examples):
    """Run them; return how many there were and what differed."""
    told = []
    result = doctest.DocTestRunner(Near()).run(examples, out=told.append)
    return result.attempted, "".join(told)
