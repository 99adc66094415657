"""The screen: panels put together for any size, the plain text form, the loop that feeds them."""

import io
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.text import Text

from edge.cli.view import panels
from edge.cli.view.paint import beside
from edge.errors import PublishError, writing
from edge.files import write_whole
from edge.view.model import QUIET_S, DeviceView
from edge.view.safe import UNREADABLE
from edge.view.words import STATES, against, follows, number

if TYPE_CHECKING:
    from edge.hub import Hub

FRAME_S = 0.125  # longest time between two drawings of the screen
LINE_S = 2.0  # plain text: time between two lines
ROOMY = 10  # lines left for matrix and happenings before sparklines grow to two lines
WIDE = 112  # columns from which the happenings stand beside the matrix
MAX_WIDTH = 160
GAP = 3  # columns between two panels
BROKEN = "What the device sends cannot be read: is it of the same version?"
FIRST_S = 30.0  # without a live payload for this long `--once` gives up


def compose(view: DeviceView, now_s: float, width: int, height: int) -> Text:
    """Put the whole screen together: exactly `height` lines of at most `width` columns."""
    try:
        return _composed(view, now_s, min(width, MAX_WIDTH), height)
    except UNREADABLE:
        return Text(BROKEN[:width] + "\n" * (height - 1), end="")


def plain(view: DeviceView) -> str:
    """One line without colour: what a log or a pipe wants."""
    try:
        return "muted" if view.muted else _line(view)
    except UNREADABLE:
        return BROKEN


def _composed(view: DeviceView, now_s: float, width: int, height: int) -> Text:
    bottom = panels.foot(view, width)
    top = [
        *panels.head(view, now_s, width),
        *panels.room(view, width),
        *panels.missing(view, width),
        Text(end=""),
    ]
    rows = 2 if height >= len(top) + len(bottom) + ROOMY + 4 * len(view.people) else 1
    top += [*panels.people(view, width, rows), Text(end="")]
    space = max(0, height - len(top) - len(bottom))
    middle = _beside(view, width, space) if width >= WIDE else _stacked(view, width, space)
    lines = [*top, *middle][: max(0, height - len(bottom))]
    lines += [Text(end="")] * max(0, height - len(bottom) - len(lines))
    return Text("\n", end="").join([*lines, *bottom][:height])


def _line(view: DeviceView) -> str:
    live = view.live
    mark = STATES.get(str(live.get("state")), ("?", "waiting"))[1]
    parts = [f"{view.count} people", f"room {against(live.get('index'), live.get('null'))} {mark}"]
    for pair in live.get("pairs") or []:
        if pair.get("state") in {"above", "below"}:
            words, decided = STATES[pair["state"]][1], pair.get("leader", 0) is not None
            who = follows(pair["pair"], pair.get("lag_s"), decided=decided)
            parts.append(f"{who} {words}, z {number(pair.get('z'), '+.1f')}")
    if live.get("fps") is not None:
        parts.append(f"{live['fps']:.1f} fps")
    return " | ".join(parts)


def picture(view: DeviceView, path: Path, width: int = 100, height: int = 32) -> None:
    """Write the screen as an SVG file."""
    console = Console(record=True, width=width, height=height, force_terminal=True, file=io.StringIO())
    console.print(compose(view, time.monotonic(), width, height))
    with writing(path, PublishError):
        write_whole(path, console.export_svg(title="mimicry-edge watch"))


def show(
    hub: "Hub",
    *,
    headless: bool = False,
    once: bool = False,
    seconds: float | None = None,
    view: DeviceView | None = None,
) -> DeviceView:
    """Feed a view from the hub and draw it until interrupted or `seconds` are over; return what it knew last.

    On a terminal a full screen, otherwise (or `headless`) plain lines; `once` prints one screen.
    """
    console = Console()
    end_s = None if seconds is None else time.monotonic() + seconds
    view = view or DeviceView()
    if once:
        _await_live(hub, view)
        console.print(compose(view, time.monotonic(), console.width, min(console.height, 40)))
    elif headless or not console.is_terminal:
        _lines(hub, view, end_s)
    else:
        _screen(hub, view, console, end_s)
    return view


def _screen(hub: "Hub", view: DeviceView, console: Console, end_s: float | None) -> None:
    """Draw at most eight times a second on the alternate screen; the terminal's size is asked each time."""
    with Live(console=console, screen=True, auto_refresh=False, transient=True) as live:
        while not _over(end_s):
            _feed(hub, view, time.monotonic() + FRAME_S)
            live.update(compose(view, time.monotonic(), *console.size), refresh=True)


def _lines(hub: "Hub", view: DeviceView, end_s: float | None) -> None:
    """Print a line now and then, each happening as it comes, and on stderr why nothing comes."""
    told, before_trouble = 0, ""
    while not _over(end_s):
        before = view.heard
        _feed(hub, view, time.monotonic() + LINE_S)
        if view.trouble != before_trouble:
            print(f"no data: {view.trouble}" if view.trouble else "data again", file=sys.stderr, flush=True)
            before_trouble = view.trouble
        fresh = list(view.happenings)[-(view.told - told) :] if view.told > told else []
        for one in fresh:
            print(f"  {one.when} {one.words}", flush=True)
        told = view.told
        if view.heard > before:
            print(plain(view), flush=True)


def _feed(hub: "Hub", view: DeviceView, until_s: float) -> None:
    """Take what the hub has until the time is up; note why nothing comes."""
    while (rest_s := until_s - time.monotonic()) > 0:
        item = hub.poll(rest_s)
        if item is None:
            continue
        if not view.device:
            view.device = item.device
        if item.device == view.device:
            view.update(item.kind, item.body, time.monotonic())
    view.look_at(hub.trouble, time.monotonic())


def _await_live(hub: "Hub", view: DeviceView) -> None:
    """Wait for the first live payload (or the word that the device is muted), not long without a hub."""
    begun_s = time.monotonic()
    while not view.live and not view.muted:
        _feed(hub, view, time.monotonic() + FRAME_S)
        waited_s = time.monotonic() - begun_s
        if (view.trouble and waited_s >= QUIET_S) or waited_s >= FIRST_S:
            reason = view.trouble or f"nothing within {FIRST_S:g} s"
            raise PublishError(f"expected live data, got {reason!r}")


def _over(end_s: float | None) -> bool:
    return end_s is not None and time.monotonic() >= end_s


def _beside(view: DeviceView, width: int, height: int) -> list[Text]:
    """Matrix and happenings side by side."""
    right = min(64, width * 47 // 100)
    left = width - right - GAP
    block = panels.matrix(view, left, height)
    if not block:
        return panels.ticker(view, width, height)
    return beside(block, panels.ticker(view, right, height), left, GAP, height)


def _stacked(view: DeviceView, width: int, height: int) -> list[Text]:
    """Matrix above the happenings; the matrix gives up its second lines before the happenings give way."""
    tall = panels.matrix(view, width, height - 5)
    rest = height - len(tall) - (1 if tall else 0)
    return [
        *tall,
        *([Text(end="")] if tall else []),
        *(panels.ticker(view, width, rest) if rest >= 2 else []),
    ]
