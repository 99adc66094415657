"""A million results in a store, and how long an operator waits: `python -m tests.campus.rows --store URL`."""

import argparse
import statistics
import sys
import time

from sqlalchemy import text

from edge.campus.floors import decide
from edge.campus.store import Store

BARS_MS = {"newest of each room": 50.0, "a day of one room": 20.0}
TURNS = 21
MINUTE_MS = 60_000
DEVICES = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rooms})
INSERT INTO device (id, site, name, room, floor, building)
SELECT i, 'site', 'dev-' || i, 'r' || i, 'f' || (i % 20), 'b' || (i % 5) FROM n
"""
SUMMARIES = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {minutes})
INSERT INTO summary (device, at_ms, boot, seq, clock, historical, age_s, profile, window_s,
  people, people_max, stored_ms, mimicry_index, measurable, state, p, evidence, n,
  coverage, null_mu, null_sd, confidence, active_pairs)
SELECT device.id, {base} + n.i * 60000, '0000000a', n.i, 'synced', {false}, 0.1, 'workplace', 60.0,
  3 + n.i % 5, 8, {base} + n.i * 60000, (n.i * 7919 + device.id * 31) % 1000 / 1000.0, 0.9, 'at_chance',
  0.31, 0.2, 60.0, 0.9, 0.5, 0.29, 0.8, 2
FROM device CROSS JOIN n
"""
MEASURES = """
WITH RECURSIVE m(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM m WHERE k < {measures} - 1)
INSERT INTO measure (device, at_ms, boot, seq, place, name, value, unit, lag_s, p, evidence, state, n,
  coverage, null_mu, null_sd, confidence)
SELECT device, at_ms, boot, seq, m.k, 'measure_' || m.k, mimicry_index, 'fisher_z', 0.4, p, evidence, state,
  n, coverage, null_mu, null_sd, confidence
FROM summary CROSS JOIN m
"""
STATUS = """
INSERT INTO status (device, heard_ms, availability, muted, mode, clock, newest_ms, newest_boot, newest_seq)
SELECT id, {last}, 'online', {false}, 'run', 'synced', {last}, '0000000a', {minutes} FROM device
"""
QUERIES = {
    "newest of each room": "SELECT * FROM newest",
    "a day of one room": "SELECT * FROM summary WHERE device = 7 AND at_ms >= {base} ORDER BY at_ms",
    "its measures": "SELECT * FROM measure WHERE device = 7 AND at_ms >= {last} - 3600000 ORDER BY at_ms",
    "rooms offline": "SELECT * FROM offline",
    "gaps": "SELECT * FROM gap",
    "floors by the hour": "SELECT * FROM floor_hour",
}


def main(argv=None):
    """Fill the store, which must be empty, and print the times; 1 if a bar is not held."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", required=True)
    parser.add_argument("--rooms", type=int, default=700)
    parser.add_argument("--minutes", type=int, default=1440)
    parser.add_argument("--measures", type=int, default=14, help="rows beside each summary")
    args = parser.parse_args(argv)
    store = Store(args.store)
    values = fill(store, args.rooms, args.minutes, args.measures)
    print(f"| of {args.rooms * args.minutes} results | rows | median ms | slowest ms | bar ms |")
    print("|---|---|---|---|---|")
    print("| figures of 24 hours decided | {} | {:.0f} | | |".format(*decided(store)))
    failed = 0
    for name, query in QUERIES.items():
        count, median, slowest = took(store, query.format(**values), TURNS)
        bar = BARS_MS.get(name)
        failed += bar is not None and median > bar
        print(f"| {name} | {count} | {median:.1f} | {slowest:.1f} | {bar or ''} |")
    store.close()
    return int(failed > 0)


def fill(store, rooms, minutes, measures):
    """Write the rows in the store's own SQL; return what the queries are about."""
    base = time.time_ns() // 1_000_000 - (minutes + 1) * MINUTE_MS
    false = "0" if store.engine.dialect.name == "sqlite" else "false"
    values = {"rooms": rooms, "minutes": minutes, "measures": measures, "base": base, "false": false}
    values["last"] = base + minutes * MINUTE_MS
    with store.engine.begin() as db:
        for statement in (DEVICES, SUMMARIES, *([MEASURES] if measures else []), STATUS):
            db.execute(text(statement.format(**values)))
        db.execute(text(f"INSERT INTO run SELECT id, '0000000a', 1, NULL, NULL, 0, 0, {base} FROM device"))
        db.execute(text(f"INSERT INTO span SELECT id, '0000000a', 1, {minutes} FROM device"))
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.exec_driver_sql("ANALYZE" if false == "0" else "VACUUM ANALYZE")
    return values


def decided(store):
    """Decide floors and buildings of 24 hours; return how many figures that made, and in how long, ms."""
    began_ns = time.perf_counter_ns()
    count = decide(store.engine, time.time_ns() // 1_000_000)
    return count, (time.perf_counter_ns() - began_ns) / 1e6


def took(store, query, turns):
    """Return how many rows a query finds, and the median and the slowest of some turns, ms."""
    times = []
    with store.engine.connect() as db:
        for _ in range(turns):
            began_ns = time.perf_counter_ns()
            count = len(db.execute(text(query)).fetchall())
            times.append((time.perf_counter_ns() - began_ns) / 1e6)
    return count, statistics.median(times), max(times)


if __name__ == "__main__":
    sys.exit(main())
