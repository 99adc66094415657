"""A real broker for whoever asks, and what a run did not check: skipped tests, by what they need."""

from collections import defaultdict

import pytest

from tests.publish.broker import Broker

CLAIMS = pytest.StashKey[dict[str, str]]()


@pytest.fixture
def broker(tmp_path):
    """Start a Mosquitto of the test's own."""
    with Broker(tmp_path / "broker") as running:
        yield running


def pytest_collection_modifyitems(config, items):
    """Keep what each test says it pins."""
    config.stash[CLAIMS] = {item.nodeid: (item.obj.__doc__ or "").split("\n")[0] for item in items}


def pytest_terminal_summary(terminalreporter, config):
    """List the claims that were skipped under the reason why."""
    claims, unchecked = config.stash.get(CLAIMS, {}), defaultdict(dict)
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        file = report.nodeid.split("::")[0]
        unchecked[reason][f"{file}: {claims.get(report.nodeid) or 'the whole file'}"] = None
    if unchecked:
        terminalreporter.section("not checked here")
    for reason in sorted(unchecked):
        terminalreporter.line(reason)
        for claim in unchecked[reason]:
            terminalreporter.line(f"  {claim}")
