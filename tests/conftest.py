"""A real broker for whoever asks, and what a run did not check: skipped tests, by what they need."""

from collections import defaultdict

import pytest

from tests.publish.broker import Broker

CLAIM = "claim"
DEAR = ("built", "five_minutes", "followed", "made", "measured", "prepared", "verdicts")
"""Fixtures that take seconds: with several workers the tests that share one go to the same one."""


@pytest.fixture
def broker(tmp_path):
    """Start a Mosquitto of the test's own."""
    with Broker(tmp_path / "broker") as running:
        yield running


def pytest_collection_modifyitems(items):
    """Let the report of each test hold what it pins, and keep those together that share a dear fixture."""
    for item in items:
        item.user_properties.append((CLAIM, (item.obj.__doc__ or "").split("\n")[0]))
        for name in sorted({*DEAR} & {*item.fixturenames})[:1]:
            item.add_marker(pytest.mark.xdist_group(name))


def pytest_terminal_summary(terminalreporter):
    """List the claims that were skipped under the reason why."""
    unchecked = defaultdict(dict)
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        file = report.nodeid.split("::")[0]
        claim = dict(getattr(report, "user_properties", ())).get(CLAIM)
        unchecked[reason][f"{file}: {claim or 'the whole file'}"] = None
    if unchecked:
        terminalreporter.section("not checked here")
    for reason in sorted(unchecked):
        terminalreporter.line(reason)
        for claim in unchecked[reason]:
            terminalreporter.line(f"  {claim}")
