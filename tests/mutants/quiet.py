"""How the tests run under mutation: without output or cache, and the same each time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import Phase, settings

# hypothesis is imported before pytest could rewrite its assertions
EARLY = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"
ARGUMENTS = ("-q", "-p", "no:cacheprovider", "-W", EARLY)


@contextmanager
def steady() -> Iterator[None]:
    """Send the output nowhere; let hypothesis draw the same examples each time and not shrink."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - not a path of the package
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("steady", derandomize=True, database=None, deadline=None, phases=phases)
    settings.load_profile("steady")
    yield
