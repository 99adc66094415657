"""Every dependency of `setup.py` is imported and has its reason in `docs/dependencies.md`."""

import ast
import re
import subprocess
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from edge.cli._findings import fitting

ROOT = Path(__file__).parents[2]
OF_THE_PRODUCT = ("RUNTIME", "VIDEO", "DEMO", "MODELS", "BATCH", "STORE", "CAMPUS", "PAGE", "PI", "TFLITE")
BY_NAME = {"psycopg", "picamera2", "tflite-runtime"}  # imported by a name in an address or a configuration


def _requirements(*lists):
    """Return the requirements in these lists at the top of `setup.py`."""
    assigned = {
        node.targets[0].id: node.value
        for node in ast.parse((ROOT / "setup.py").read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    return {one.value for name in lists for one in ast.walk(assigned[name]) if isinstance(one, ast.Constant)}


def _declared(*lists):
    """Return the names of their packages."""
    return {re.split(r"[<>=!~\[ ]", requirement)[0] for requirement in _requirements(*lists)}


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


@pytest.mark.parametrize("package", sorted(_declared(*OF_THE_PRODUCT) - BY_NAME))
def test_every_dependency_is_imported(package):
    """Each package that a user installs is imported by some file of the product."""
    modules = {name for name, owners in packages_distributions().items() if package in owners}
    assert (modules or {package.replace("-", "_")}) & _imported()


def test_the_service_gets_every_dependency():
    """What the package needs at run time is vendored with the same bound or is a Debian dependency."""
    install = (ROOT / "systemd/install.sh").read_text()
    vendored = set(re.search(r'^vendored="(.*)"', install, re.MULTILINE)[1].split())
    control = (ROOT / "systemd/debian/control").read_text()
    assert {"python3-numpy", "python3-yaml"} <= set(re.split(r"[\s,]+", control))
    others = {one for one in _requirements("RUNTIME", "MODELS") if not one.startswith(("numpy", "PyYAML"))}
    assert others <= vendored


def test_a_root_for_the_package_has_what_install_asks_for():
    """The packages that `systemd/install.sh` names as missing are those of `make deb` and `make install`."""
    text = (ROOT / "systemd/install.sh").read_text()
    asked = set(re.findall(r"\w+:(python3-[\w-]+)", text)) | {"gcc", "libc6-dev", "python3-dev"}
    for target in ("deb", "install"):
        command = [str(ROOT / ".ci/system-packages"), "list", target]
        listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        assert asked <= set(listed), target


@pytest.mark.parametrize(
    ("model", "board"),
    [
        ("Raspberry Pi 5 Model B Rev 1.0", "pi"),
        ("Raspberry Pi 4 Model B Rev 1.4", "pi"),
        ("NVIDIA Jetson Orin Nano Developer Kit", "jetson"),
        ("NVIDIA Orin NX", "jetson"),
        ("Radxa ROCK 5B", ""),
    ],
)
def test_set_up_and_check_know_the_same_boards(model, board):
    """`set-up.sh` links the drop-in of the board whose configuration `check` recommends."""
    script = (ROOT / "systemd/set-up.sh").read_text()
    case = re.search(r"^board=\n(case .*?esac)\n", script, re.MULTILINE | re.DOTALL)[1]
    command = ["sh", "-c", f'model=$1 board=; {case}; printf %s "$board"', "sh", model]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == board
    assert fitting(model, "").startswith(board or "usb-camera")
