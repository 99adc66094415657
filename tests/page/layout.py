"""What a reader of any screen needs, measured in the browser: nothing cut off, aside or overlaid."""

import json

WIDTHS = {390: 844, 1400: 1000, 2560: 1440, 3840: 2160}
"""Width and height of the screens, px: a telephone, a laptop, two walls."""
TOLERANCE = 0.3
"""Share of the lower line's height by which lines may touch: fonts reach beyond their letters."""
_TEXTS = """
(() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const clip = (box, by) => ({
    left: Math.max(box.left, by.left), right: Math.min(box.right, by.right),
    top: Math.max(box.top, by.top), bottom: Math.min(box.bottom, by.bottom),
  });
  const gone = one => one && (getComputedStyle(one).display === "none" || gone(one.parentElement));
  let number = 0;
  for (let node = walk.nextNode(); node; node = walk.nextNode(), number++) {
    const parent = node.parentElement, range = document.createRange();
    if (!node.data.trim() || ["SCRIPT", "STYLE"].includes(parent.nodeName)) continue;
    if (!parent.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true }) || gone(parent)) continue;
    range.selectNodeContents(node);
    for (let box of range.getClientRects()) {
      for (let up = parent; up && up !== document.body; up = up.parentElement) {
        if (getComputedStyle(up).overflowX !== "visible") box = clip(box, up.getBoundingClientRect());
      }
      if (box.right - box.left > 2 && box.bottom - box.top > 2) {
        found.push([node.data.trim(), number, box.left, box.top, box.right, box.bottom]);
      }
    }
  }
  return JSON.stringify(found);
})()
"""
_CONTROLS = """
[...document.querySelectorAll("button, input:not([type=hidden]), a")]
  .filter(one => !one.closest(".scroll, .hidden"))
  .map(one => [one, one.getBoundingClientRect()])
  .map(([one, box]) => [one.innerText || one.name, 0, box.left, box.top, box.right, box.bottom])
"""
_INNER = """
(() => {
  const page = document.querySelector("PAGE");
  const box = page.getBoundingClientRect(), style = getComputedStyle(page);
  return [box.left + parseFloat(style.paddingLeft), box.right - parseFloat(style.paddingRight)];
})()
"""
_CUT = """
[...document.querySelectorAll("thead th, td:not(.why)")]
  .filter(cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.innerText)
"""
_SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def faults(browser, page=".page"):
    """Return what a reader cannot read, by kind; all empty on a good page, whose words lie within `page`."""
    lines = json.loads(browser.run(_TEXTS)["value"])
    inside = lines + browser.run(_CONTROLS)["value"]
    left, right = browser.run(_INNER.replace("PAGE", page))["value"]
    return {
        "px sideways": browser.run(_SIDEWAYS)["value"],
        "text upon text": _overlaps(sorted(lines, key=lambda line: line[3])),
        "beyond the edge": [line[0] for line in inside if line[2] < left - 1 or line[4] > right + 1],
        "cut off": browser.run(_CUT)["value"],
    }


def _overlaps(lines):
    return [(a[0], b[0]) for k, a in enumerate(lines) for b in lines[k + 1 :] if _meet(a, b)]


def _meet(a, b):
    """Whether two lines of different texts do; one that is cut off has a second line under its dots."""
    wide = min(a[4], b[4]) - max(a[2], b[2])
    high = min(a[5], b[5]) - max(a[3], b[3])
    return a[1] != b[1] and wide > 1 and high > TOLERANCE * min(a[5] - a[3], b[5] - b[3])
