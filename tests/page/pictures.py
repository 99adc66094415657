"""Pictures of every view: `python -m tests.page.pictures FOLDER` takes three widths, light and dark."""

import sys
import tempfile
from itertools import product
from pathlib import Path

from tests.page.layout import WIDTHS, faults
from tests.page.meeting import VIEWS, meeting
from tests.publish.browser import Browser

HEIGHT = "Math.ceil(document.querySelector('.page').getBoundingClientRect().bottom)"


def take(folder):
    """Write the pictures; yield the name of each and its faults."""
    with (
        tempfile.TemporaryDirectory() as state,
        meeting(Path(state)) as held,
        Browser(Path(state) / "browser", (390, 844)) as browser,
    ):
        for view in VIEWS:
            held.show(browser, view)
            for scheme, size in product(("light", "dark"), WIDTHS.items()):
                if view == "room":
                    held.talk(1)
                browser.prefer(scheme, "reduce")
                browser.resize(size)
                browser.resize((size[0], max(size[1], browser.run(HEIGHT)["value"])))
                name = f"{view}-{size[0]}-{scheme}"
                (folder / f"{name}.png").write_bytes(browser.snap())
                yield name, faults(browser)


def main():
    """Take the pictures; fail if one of them has a fault."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    bad = 0
    for name, found in take(folder):
        bad += any(found.values())
        print(name, *(f"{what}: {where}" for what, where in found.items() if where), flush=True)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
