"""Two workers share the tests; those that share a dear fixture stay together."""

import os

import pytest


@pytest.mark.xdist_group("together")
@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="needs several workers")
def test_groups_are_kept(request):
    """The installed pytest and pytest-xdist agree about groups: each test of one carries its name."""
    assert request.node.nodeid.endswith("@together")
