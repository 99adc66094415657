"""The page in Chromium: its files to save, the moments a link shows, and a layout without faults."""

import csv
import io
import json
from xml.etree import ElementTree as ET

import pytest

import edge
from tests.page.layout import faults
from tests.publish.browser import PROGRAM, Browser
from tests.reporting.test_page import lines

pytestmark = pytest.mark.skipif(not PROGRAM, reason="needs Chromium: make page")
FORMULAS = ("=1+1", "+1-1", "@SUM(A1)", "-2+3")
SAVED = """
(async () => {
  const made = [], create = URL.createObjectURL;
  URL.createObjectURL = (blob) => { made.push(blob.text()); return create(blob); };
  const links = [...document.querySelectorAll(".save")];
  for (const one of links) {
    one.addEventListener("click", (event) => event.preventDefault());
    one.click();
  }
  const texts = await Promise.all(made);
  document.title = "saved";
  window.saved = links.map((one, k) => [one.download, texts[k]]);
})()
"""
SHOWN = "[...document.querySelectorAll('.moments')].map(one => getComputedStyle(one).display)"
CHOSEN = "[...document.querySelectorAll('.c')].map(one => getComputedStyle(one).display)"
CHOOSE = "document.querySelector('select').selectedIndex = 1; getComputedStyle(document.body).color"


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Show a page whose people have names that spreadsheets would calculate."""
    folder = tmp_path_factory.mktemp("browser")
    path, out = folder / "m.jsonl", folder / "m.html"
    alone = [
        {"type": "measure", "t_s": 60.0, "name": "response_pull", "subject": [p], "value": 0.1 * p, "p": 0.5}
        for p in (1, 2, 3)
    ]
    path.write_text("".join(json.dumps(one) + "\n" for one in [*lines(), *alone]))
    edge.report(path, out, names=FORMULAS[:3])
    with Browser(folder / "browser", (1400, 1000)) as browser:
        browser.open(f"{out.as_uri()}#m0")
        browser.wait("What stands out", "SVG")
        yield browser


def test_a_link_shows_its_moments_and_a_list_its_channel(shown):
    """The target of the link is drawn; the channel chosen is drawn, and no other."""
    assert shown.run(SHOWN)["value"] == ["inline"]
    assert shown.run(CHOSEN)["value"] == ["inline", "none"]
    shown.run(CHOOSE)
    assert shown.run(CHOSEN)["value"] == ["none", "inline"]


def test_figures_and_tables_are_saved(shown):
    """Each SVG is well formed and whole, each CSV a table whose texts no spreadsheet takes for formulas."""
    shown.run(SAVED)
    shown.wait("saved")
    saved = dict(shown.run("saved")["value"])
    assert len(saved) > 6
    for name, text in saved.items():
        if name.endswith(".svg"):
            assert ET.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"
            assert "display:none" not in text
    curves = saved["m.jsonl-signals-and-movements.svg"]
    assert curves.count('class="c c') == 1
    rows = list(csv.reader(io.StringIO(saved["m.jsonl-response_pull.csv"].removeprefix("\ufeff"))))
    assert rows[0] == [
        "who",
        "value",
        "95 % interval",
        "null: mean, sd",
        "p",
        "evidence",
        "n",
        "coverage",
        "state",
    ]
    assert [row[:2] for row in rows[1:]] == [["'=1+1", "0.3"], ["'+1-1", "0.1"], ["'@SUM(A1)", "0.2"]]


@pytest.mark.parametrize("width", [390, 1400, 2560])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_or_overlaid(shown, width, scheme):
    """At each width the page does not scroll sideways, and no text is cut or lies upon another."""
    shown.prefer(scheme)
    shown.resize((width, 1000))
    assert not any(faults(shown, "body").values()), faults(shown, "body")
