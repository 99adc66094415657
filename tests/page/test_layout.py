"""Every view on a telephone, a laptop and a wall, and the check itself on pages that are wrong."""

import pytest

from edge.page.days import SHAPES
from edge.page.stretches import WORDS
from tests.page.house import needs_page
from tests.page.layout import WIDTHS, faults
from tests.page.meeting import VIEWS, meeting
from tests.publish.browser import Browser

WRONG = {
    "px sideways": "<p style='width: 3000px'>wide</p>",
    "text upon text": "<p>below</p><p style='margin-top: -2.2rem'>above</p>",
    "beyond the edge": "<p style='margin-left: -9px'>left</p>",
    "cut off": "<table><tr><td style='display: block; width: 9px; overflow: hidden'>word</td></tr></table>",
}
"""A kind of fault, and HTML that has it."""
ADD = "document.querySelector('.page').insertAdjacentHTML('beforeend', `<div id='wrong'>%s</div>`)"
ASIDE = "[...document.querySelectorAll('.scroll')].filter(one => one.scrollWidth > one.clientWidth)"
"""What a telephone would show only to whoever moves a card sideways."""
REMOVE = "document.querySelector('#wrong').remove()"


@needs_page
@pytest.mark.xdist_group("page")
def test_every_view_can_be_read_at_every_width(tmp_path):
    """No view scrolls sideways, on a telephone no card, or cuts words off or lays them upon others."""
    with meeting(tmp_path) as held, Browser(tmp_path / "browser", (1400, 1000)) as browser:
        for view in VIEWS:
            held.show(browser, view)
            for size in WIDTHS.items():
                browser.resize(size)
                assert not any(faults(browser).values()), (view, size, faults(browser))
                assert size[0] > 390 or browser.run(ASIDE)["value"] == [], view
        for kind, html in WRONG.items():
            browser.run(ADD % html)
            assert faults(browser)[kind], kind
            browser.run(REMOVE)
        assert not any(faults(browser).values())


def test_what_held_differs_without_colour():
    """In the strip of a day no two kinds have the same place and height."""
    assert SHAPES.keys() == WORDS.keys()
    assert len(set(SHAPES.values())) == len(SHAPES)
