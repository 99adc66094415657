"""The public names of the package: exactly these, loaded when asked for, never hidden by a module."""

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import edge

NAMES = {
    *("EdgeError", "Hub", "Measure", "Table", "Windows", "__version__"),
    *("correlate", "measure", "read", "report", "signals"),
}


def loaded(code):
    """Return the modules that a fresh process has loaded after this code."""
    command = [sys.executable, "-W", "error", "-c", f"{code}\nimport sys; print(*sys.modules)"]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


def test_dir_is_the_public_names():
    """`dir(edge)` lists what the package offers and nothing else, and every name is there."""
    assert set(dir(edge)) == NAMES
    assert all(getattr(edge, name) is not None for name in NAMES)
    with pytest.raises(AttributeError, match="module 'edge' has no attribute 'charm'"):
        _ = edge.charm


def test_importing_loads_nothing():
    """`import edge` and a look at its names load no module of the package and no library."""
    modules = loaded("import edge; dir(edge)")
    assert {name for name in modules if name.split(".")[0] == "edge"} == {"edge"}
    assert not modules & {"numpy", "av", "yaml", "paho", "rich"}


def test_reading_loads_no_camera_and_no_broker():
    """A program that only reads tables loads neither vision nor MQTT."""
    modules = loaded("import edge; edge.read")
    assert not {name for name in modules if name.startswith(("edge.camera", "edge.publish", "paho", "av"))}


@pytest.mark.parametrize("name", sorted(NAMES - {"__version__"}))
def test_no_module_has_the_name_of_a_function(name):
    """Whatever is imported before, a public name is the function or class: no module is called so."""
    package = Path(edge.__file__).parent
    assert not (package / name).exists()
    assert not (package / f"{name}.py").exists()


@pytest.mark.parametrize("name", sorted(NAMES - {"__version__"}))
def test_each_name_says_what_it_is(name):
    """Every function and class has a docstring; functions have a runnable example."""
    one = getattr(edge, name)
    assert inspect.getdoc(one)
    if inspect.isfunction(one):
        assert ">>> import edge" in one.__doc__


def test_a_type_checker_sees_what_is_loaded():
    """The imports that only type checkers read give the same object under each name as asking for it."""
    tree = ast.parse(Path(edge.__file__).read_text(encoding="utf-8"))
    (checked,) = [node for node in tree.body if isinstance(node, ast.If) and isinstance(node.test, ast.Name)]
    seen = {alias.name: node.module for node in checked.body for alias in node.names}
    assert set(seen) == NAMES - {"__version__"}
    for name, home in seen.items():
        assert getattr(importlib.import_module(home), name) is getattr(edge, name)
