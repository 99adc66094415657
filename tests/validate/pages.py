"""`docs/measures.md`: definitions from the table of measures, validation tables between markers."""

import re
from pathlib import Path

from edge.config.sections import MimicrySection
from edge.measures import TABLE

PAGE = Path(__file__).parents[2] / "docs" / "measures.md"
BEGIN, END = "<!-- tables of {} -->", "<!-- end of {} -->"


def definitions():
    """Write the part that says what each measure is and is not."""
    lines = []
    for one in TABLE:
        lines += [
            f"### {one.number}. `{one.name}`",
            "",
            f"Concept in the literature: {one.concept}.",
            "",
            f"- Definition: {one.worded(MimicrySection())} (unit `{one.unit}`).",
            f"- Null: {one.null}.",
            f"- n counts {one.n_counts}; {one.n_required:g} for full confidence.",
            f"- Not claimed: {one.not_claimed}.",
            "",
        ]
    return "\n".join(lines)


def put(name, body, path=PAGE):
    """Replace one marked part of a page, leaving everything else; whole at every moment."""
    begin, end = BEGIN.format(name), END.format(name)
    page = path.read_text(encoding="utf-8")
    part = f"{begin}\n\n{body.strip()}\n\n{end}"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not pattern.search(page):
        raise SystemExit(f"error: expected the markers of {name}, got none at {path}")
    new = path.with_suffix(".new")
    new.write_text(pattern.sub(lambda _: part, page), encoding="utf-8")
    new.replace(path)
