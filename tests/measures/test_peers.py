"""The peers' own code beside ours, where `make validate ARGS=peers` has installed the peers."""

import pytest

from tests.validate import fresh


@pytest.mark.slow
@pytest.mark.skipif(not fresh.PYTHON.exists(), reason="needs the peers of `python -m tests.validate fresh`")
def test_equals_the_peers_own_code():
    """The numbers of statsmodels, pyunicorn, multiSyncPy and neurokit2 are ours to 1e-9, random and real."""
    peers = fresh.present()
    rows = fresh.rows(peers)
    assert {words for words, *_ in rows} == {w for w in fresh.WHAT.values() if w.split()[0] in peers}
    for words, _, values, far in rows:
        assert values > 0
        assert far <= 1e-9, words
