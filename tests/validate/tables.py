"""Tables in Markdown, what missed its bar, and counting."""

import math
from collections import defaultdict

MISSED = "Missed: "


def table(title, header, rows, note="", missed=()):
    """Return one Markdown table under a heading; what missed its bar stands above it."""
    lines = [f"### {title}", ""]
    for words in (note, MISSED + "; ".join(missed) + "." if missed else ""):
        if words:
            lines += [words, ""]
    lines += ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join([*lines, ""])


def missed(body):
    """Say what the tables of a text name as missed."""
    return [line.removeprefix(MISSED) for line in body.splitlines() if line.startswith(MISSED)]


class Count:
    """Per measure: asked, testable, p <= .05, state above, state below, local verdict."""

    def __init__(self):
        self.asked = defaultdict(int)
        self.testable = defaultdict(int)
        self.small = defaultdict(int)
        self.above = defaultdict(int)
        self.below = defaultdict(int)

    def add(self, measures, keep=lambda one: len(one.subject) == 2):
        """Count the measures of one run that `keep` lets through."""
        for one in measures:
            if not keep(one):
                continue
            self.asked[one.name] += 1
            self.testable[one.name] += one.p is not None
            self.small[one.name] += one.p is not None and one.p <= 0.05
            self.above[one.name] += one.state == "above"
            self.below[one.name] += one.state == "below"

    def share(self, which, name):
        """Share of the testable ones, or NaN."""
        return which[name] / self.testable[name] if self.testable[name] else float("nan")

    def rows(self):
        """One row a measure: testable of asked, p <= .05, above."""
        return [
            (
                f"`{name}`",
                f"{self.testable[name]} of {self.asked[name]}",
                number(self.share(self.small, name)),
                number(self.share(self.above, name)),
            )
            for name in self.asked
        ]


def number(value, digits=3):
    """Write a number, or a dash for NaN."""
    return "-" if math.isnan(value) else f"{value:.{digits}f}"


def interval(k, n, level=0.95):
    """Write the exact interval of a share, k of n (Clopper & Pearson 1934)."""
    tail = (1 - level) / 2
    low = _share_at(lambda p: 1 - _at_most(k - 1, n, p) >= tail) if k else 0.0
    high = _share_at(lambda p: _at_most(k, n, p) < tail) if k < n else 1.0
    return f"{low:.2f} to {high:.2f}"


def _at_most(k, n, p):
    """Probability of at most k of n."""
    return sum(math.comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(k + 1))


def _share_at(holds):
    """Smallest share from which on it holds, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
