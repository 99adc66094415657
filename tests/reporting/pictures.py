"""Pictures of reports: `python -m tests.reporting.pictures FOLDER [FILE...]`, on screens and on paper.

Without files a scene is replayed and measured: one recording, its results, and both with another scene's on
one page. Each picture is searched for faults of layout; printing needs no more than Chromium.
"""

import sys
import tempfile
from pathlib import Path

from edge import report
from tests.page.layout import WIDTHS, faults
from tests.publish.browser import Browser
from tests.reporting import scene

HIGHEST_PX = 16000
SHOTS = (*(("", scheme, width) for scheme in ("light", "dark") for width in WIDTHS), ("#m0", "light", 1400))
"""Where the page is looked at, its colours and its width."""
HEIGHT = "document.documentElement.scrollHeight"
NAMES = ("Ann", "Benedict Featherstonehaugh", "Zo\u00eb")


def pages(folder, files):
    """Write the pages; yield each of them."""
    if files:
        report(files, folder / "given.html")
        yield folder / "given.html"
        return
    tables = [scene.table(folder / f"scene-{seed}.csv", seed) for seed in (0, 1)]
    recording = scene.lines(tables[0], folder / "scene-0.jsonl")
    results = [scene.results(one, one.with_suffix(".json")) for one in tables]
    made = {"one": ([recording], ()), "measured": (results[:1], NAMES), "many": ([recording, *results], ())}
    for name, (given, names) in made.items():
        report(given, folder / f"{name}.html", names=names)
        yield folder / f"{name}.html"


def looked_at(browser, page, folder):
    """Write the pictures of one page and what it prints; yield the name of each picture and its faults."""
    for target, scheme, width in SHOTS:
        browser.open(f"{page.resolve().as_uri()}{target}")
        browser.wait("What stands out")
        browser.prefer(scheme)
        browser.resize((width, 1000))
        browser.resize((width, min(HIGHEST_PX, browser.run(HEIGHT)["value"])))
        name = f"{page.stem}{target.replace('#', '-')}-{width}-{scheme}"
        (folder / f"{name}.png").write_bytes(browser.snap())
        yield name, faults(browser, "body")
    (folder / f"{page.stem}.pdf").write_bytes(browser.pdf())


def main():
    """Take the pictures; fail if one of them has a fault."""
    folder, files = Path(sys.argv[1]), [Path(one) for one in sys.argv[2:]]
    folder.mkdir(parents=True, exist_ok=True)
    bad = 0
    with tempfile.TemporaryDirectory() as state, Browser(Path(state) / "browser", (1400, 1000)) as browser:
        for page in pages(folder, files):
            for name, found in looked_at(browser, page, folder):
                bad += any(found.values())
                print(name, *(f"{what}: {where}" for what, where in found.items() if where), flush=True)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
