"""Eight hours of a meeting on a page left open: `python -m tests.page.hours` prints what is held meanwhile.

A message comes for each second, those of a minute at once and those of the next one when the browser has
drawn them: eight hours take two minutes, and are drawn less often than in real time. With `--step-s 5` those
of five seconds come at once, which makes twelve times the drawings in about twenty minutes. Every five
minutes other people come.
"""

import argparse
import tempfile
from pathlib import Path

from tests.page.fleet import resident_mb
from tests.page.meeting import meeting
from tests.publish.broker import until
from tests.publish.browser import Browser

HOURS = 8
BLOCK_S, STEP_S = 300, 60
COUNT = """
window.drawn = 0;
new MutationObserver(() => { drawn += 1 }).observe(document.body, {subtree: true, childList: true});
"""


def measure(hours=HOURS, step_s=STEP_S):
    """Yield what browser and server hold after the first five minutes, in the middle and at the end."""
    with (
        tempfile.TemporaryDirectory() as folder,
        meeting(Path(folder)) as held,
        Browser(Path(folder) / "browser", (1400, 1000)) as browser,
    ):
        held.show(browser, "room")
        browser.run(COUNT)
        blocks = round(hours * 3600 / BLOCK_S)
        for block in range(1, blocks + 1):
            first = 3 * block + 10
            for _ in range(BLOCK_S // step_s):
                before = browser.run("drawn")["value"]
                held.talk(step_s, rate_hz=1, ids=(first, first + 1, first + 2))
                until(lambda before=before: browser.run("drawn")["value"] > before)
            browser.wait(f"{first + 1} follows {first}")
            if block in {1, blocks // 4, blocks // 2, 3 * blocks // 4, blocks}:
                yield block * BLOCK_S / 3600, _held(browser, held.process)


def _held(browser, process):
    page = browser.held()
    return {
        "browser's scripts, MB": round(page["heap"] / 1e6, 2),
        "nodes": page["nodes"],
        "drawings": browser.run("drawn")["value"],
        "server, MB": resident_mb(process),
    }


def main():
    """Print the figures."""
    parser = argparse.ArgumentParser(description="what a page left open holds after hours of messages")
    parser.add_argument("--hours", type=float, default=HOURS)
    steps = [step_s for step_s in range(1, BLOCK_S + 1) if BLOCK_S % step_s == 0]
    text = f"seconds of messages that come, and are drawn, at once; a divisor of {BLOCK_S}"
    parser.add_argument("--step-s", type=int, choices=steps, default=STEP_S, metavar="N", help=text)
    args = parser.parse_args()
    for hour, figures in measure(args.hours, args.step_s):
        print(f"{hour:.2f} h:", ", ".join(f"{name} {figure}" for name, figure in figures.items()), flush=True)


if __name__ == "__main__":
    main()
