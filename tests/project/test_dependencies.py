"""Every dependency of `setup.py` is imported and has its reason in `docs/dependencies.md`."""

import ast
import re
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OF_THE_PRODUCT = ("RUNTIME", "VIDEO", "DEMO", "MODELS")


def _declared(*lists):
    """Return the package names in these lists at the top of `setup.py`."""
    assigned = {
        node.targets[0].id: node.value
        for node in ast.parse((ROOT / "setup.py").read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    constants = [one for name in lists for one in ast.walk(assigned[name]) if isinstance(one, ast.Constant)]
    return {re.split(r"[<>=!~\[ ]", one.value)[0] for one in constants}


def _imported():
    """Return the names of the packages that some file of the product imports."""
    names = set()
    for path in (ROOT / "edge").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names.add((node.module or "").split(".")[0])
    return names


def test_every_dependency_has_its_reason():
    """The rows of the document are the packages of `setup.py`."""
    text = (ROOT / "docs/dependencies.md").read_text()
    rows = set(re.findall(r"^\| `([\w-]+)` \| ", text, re.MULTILINE))
    assert rows == _declared(*OF_THE_PRODUCT, "TEST")


@pytest.mark.parametrize("package", sorted(_declared(*OF_THE_PRODUCT)))
def test_every_dependency_is_imported(package):
    """Each package that a user installs is imported by some file of the product."""
    modules = {name for name, owners in packages_distributions().items() if package in owners}
    assert modules & _imported()
