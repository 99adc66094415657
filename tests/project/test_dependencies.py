"""Every dependency of `setup.py` has its reason in `docs/dependencies.md`, and no other is listed."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LISTS = {"RUNTIME", "VIDEO", "DEMO", "MODELS", "TEST"}


def _declared():
    """Return the package names in the lists at the top of `setup.py`."""
    names = set()
    for node in ast.parse((ROOT / "setup.py").read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in LISTS:
            words = [word.value for word in ast.walk(node.value) if isinstance(word, ast.Constant)]
            names |= {re.split(r"[<>=!~\[ ]", word)[0] for word in words}
    return names


def test_every_dependency_has_its_reason():
    """The rows of the document are the packages of `setup.py`."""
    text = (ROOT / "docs/dependencies.md").read_text()
    assert set(re.findall(r"^\| `([\w-]+)` \| ", text, re.MULTILINE)) == _declared()
