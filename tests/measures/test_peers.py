"""The peers' own code beside ours, where `make validate ARGS=oracles` has installed the peers."""

import pytest

from tests.validate import oracles


@pytest.mark.slow
@pytest.mark.skipif(not (oracles.VENV / ".done").exists(), reason="the peers are not installed")
def test_equals_the_peers_own_code():
    """The numbers of statsmodels, pyunicorn, multiSyncPy and neurokit2 are ours to 1e-9, random and real."""
    rows = oracles.fresh_rows(oracles.VENV / "bin" / "python")
    assert {words for words, *_ in rows} == set(oracles.WHAT.values())
    for words, _, values, far in rows:
        assert values > 0
        assert float(far) <= 1e-9, words
