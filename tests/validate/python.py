"""The film of `docs/python.md`: rendered as the page says, then the page's own session on it."""

import os
import tempfile
from pathlib import Path

from edge.stage import Stage
from edge.stage.film import write_film
from tests.api.page import ROOT, run, sessions

SCRIPT = ROOT / "firmware_configs" / "stage" / "planted.yaml"


def report(*, short=False):
    """Return no table; raise AssertionError with what the session prints differently from the page."""
    if short:
        return []
    here = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="mimicry-python-") as folder:
        with Stage(SCRIPT) as stage:
            write_film(stage, Path(folder) / "meeting.mp4", lambda: None)
        os.chdir(folder)
        try:
            told = run(sessions(rendered=True))[1]
        finally:
            os.chdir(here)
    if told:
        raise AssertionError(told)
    return []
