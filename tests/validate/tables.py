"""Tables in Markdown, and counting."""

import math
from collections import defaultdict


def table(title, header, rows, note=""):
    """Return one Markdown table under a heading."""
    lines = [f"### {title}", ""]
    if note:
        lines += [note, ""]
    lines += ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join([*lines, ""])


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
