"""Pictures of every view: `python -m tests.page.pictures FOLDER` takes four widths, light and dark."""

import sys
import tempfile
from itertools import product
from pathlib import Path

from tests.aim.test_aim import seated
from tests.page.layout import WIDTHS, faults
from tests.page.meeting import VIEWS, meeting
from tests.page.test_aim import AIM, aiming
from tests.publish.browser import Browser

SCHEMES = ("light", "dark")
HEIGHT = "Math.ceil(document.querySelector('.page').getBoundingClientRect().bottom)"


def take(folder):
    """Write the pictures; yield the name of each and its faults."""
    with (
        tempfile.TemporaryDirectory() as state,
        Browser(Path(state) / "browser", (390, 844)) as browser,
    ):
        with meeting(Path(state)) as held:
            for view in VIEWS:
                held.show(browser, view)
                for scheme, size in product(SCHEMES, WIDTHS.items()):
                    if view == "room":
                        held.talk(1)
                    yield _taken(browser, folder, view, scheme, size)
        with aiming(Path(state), seated(Path(state))) as (address, _):
            browser.open(address)
            browser.wait(*AIM)
            for scheme, size in product(SCHEMES, WIDTHS.items()):
                yield _taken(browser, folder, "aim", scheme, size)


def _taken(browser, folder, view, scheme, size):
    """Write one picture as high as the page; return its name and its faults."""
    browser.prefer(scheme, "reduce")
    browser.resize(size)
    browser.resize((size[0], max(size[1], browser.run(HEIGHT)["value"])))
    name = f"{view}-{size[0]}-{scheme}"
    (folder / f"{name}.png").write_bytes(browser.snap())
    return name, faults(browser)


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
