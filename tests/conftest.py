"""What a run did not check: every skipped test at the end, by what it would have needed."""

from collections import defaultdict

import pytest

CLAIMS = pytest.StashKey[dict[str, str]]()


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
