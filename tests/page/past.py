"""A week of rooms in a store, read and drawn: `python -m tests.page.past URL [ROOMS]` prints what it costs.

The store is filled by the collector's own writer and read as the page reads it.
"""

import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

from edge.campus.message import Message
from edge.campus.reader import Reader
from edge.campus.store import Store
from edge.page import days
from edge.page.stretches import stretches
from tests.campus.conftest import health, summary, write
from tests.page.meeting import STATES, stamp

DAY_MIN, DAY_S = 1440, 86_400
BATCH = 500
TIMES = 5
"""Looks, of which the quickest is printed."""
STEP_MS = {1: 60_000, 7: 600_000}
"""Time of one point of the curve, by days, as History has them."""


def fill(url, rooms, span_days, until_s):
    """Write the summaries of every minute of these days, up to a midnight."""
    minutes = span_days * DAY_MIN
    usual = {"window_s": 60.0, "profile": "workplace"}
    with closing(Store(url)) as store:
        for room in range(rooms):
            device = f"room-{room}"
            online = Message(f"site/devices/{device}/availability", b"online")
            write(store, online, health(device=device, time=stamp(time.time()), profile="workplace"))
            for first in range(0, minutes, BATCH):
                batch = range(first, min(first + BATCH, minutes))
                write(store, *(_minute(k, device, until_s - 60 * (minutes - k), usual) for k in batch))


def _minute(k, device, at_s, usual):
    state, index = STATES[k // 60 % len(STATES)], 0.5 + 0.3 * (k % 60 - 30) / 60
    return summary(k + 1, device=device, time=stamp(at_s + 60), state=state, index=index, **usual)


def look(reader, span_days, until_s):
    """Read and draw the last days of the first room; return minutes, and ms until read and until drawn."""
    begin = time.perf_counter()
    span_ms = round(1000 * (until_s - span_days * DAY_S)), round(1000 * until_s)
    past = reader.past("site", "room-0", *span_ms)
    read = time.perf_counter()
    found = stretches(past, *span_ms)
    for k in range(span_days):
        day = datetime.fromtimestamp(until_s, UTC).date() - timedelta(days=span_days - k)
        days.one_day(found, day, UTC, step_ms=STEP_MS[span_days])
    return len(past.summaries), 1000 * (read - begin), 1000 * (time.perf_counter() - read)


def main():
    """Fill the store and print what a day and a week of one room of it cost."""
    url, rooms = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 35
    until_s = time.time() // DAY_S * DAY_S
    begin = time.perf_counter()
    fill(url, rooms, 7, until_s)
    print(
        f"{rooms} rooms x {7 * DAY_MIN} summaries written in {time.perf_counter() - begin:.0f} s", flush=True
    )
    with closing(Reader(url)) as reader:
        for span_days in STEP_MS:
            looks = [look(reader, span_days, until_s) for _ in range(TIMES)]
            count, read_ms, drawn_ms = min(looks, key=lambda one: one[1] + one[2])
            print(f"{span_days} days: {count} summaries, read {read_ms:.1f} ms, drawn {drawn_ms:.1f} ms")


if __name__ == "__main__":
    main()
