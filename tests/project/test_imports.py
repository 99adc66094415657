"""The import law of the architecture, checked on the imports themselves."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "edge"
GROUND = {
    "arrays",
    "blinks",
    "files",
    "formulas",
    "lags",
    "landmarks",
    "missing",
    "moment",
    "palette",
    "paths",
    "plain",
    "topic",
    "words",
}
BASE = {"records", "errors", "config", "outputs"} | GROUND
MAY_ALSO = {
    "records": set(),
    "errors": set(),
    "config": set(),
    "outputs": set(),
    **{name: set() for name in GROUND},
    "faces": {"tflite"},
    "mesh": {"tflite"},
    "models": {"tflite"},
    "mimicry": {"_native"},
    "measures": {"_native", "evidence"},
    "windows": {"_native", "tables"},
    "alignment": set(),
    "reporting": {"windows"},
    "study": {"tables", "windows", "reporting"},
    "camera": {"stage"},
    "credentials": set(),
    "opening": set(),
    "hub": {"credentials", "opening"},
    "campus": {"hub", "credentials"},
    "view": set(),
    "page": {"campus", "credentials", "hub", "view"},
    "publish": {"credentials", "opening"},
    "pipeline": {"*"},
    "aim": {"pipeline", "privacy", "service"},
    "cli": {"*"},
    "__main__": {"*"},
    "__init__": {"api", "hub", "tables", "windows"},
    "api": {"*"},
    "tuning": {"*"},
}
OWNER = {
    "yaml": {"config"},
    "picamera2": {"camera"},
    "av": {"camera", "stage"},
    "ai_edge_litert": {"tflite", "models"},
    "tflite_runtime": {"tflite"},
    "paho": {"publish", "hub", "opening", "campus"},
    "sqlite3": {"publish"},
    "gpiozero": {"service"},
    "rich": {"cli"},
    "amqtt": {"cli"},
    "flatbuffers": {"models"},
    "nicegui": {"page"},
    "uvicorn": {"page"},
    "fastapi": {"page"},
    "dask": {"batch"},
    "distributed": {"batch"},
    "sqlalchemy": {"campus"},
    "aio_pika": {"campus"},
}


def _module(path: Path) -> str:
    part = path.relative_to(PACKAGE).parts[0]
    return part.removesuffix(".py").removesuffix(".pyi")


def _imports(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def _imported_by_name(path: Path) -> list[str]:
    """Return the words of a module that imports at run time; one of them is the library."""
    text = path.read_text()
    nodes = ast.walk(ast.parse(text)) if "import_module(" in text else ()
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


FILES = sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_rooms_keep_to_themselves(path):
    """A module imports records, errors, its configuration section and itself; `_native` kernels are free."""
    module = _module(path)
    allowed = BASE | {module, "_native", "__version__"} | MAY_ALSO.get(module, set())
    for name in _imports(path):
        if name.split(".")[0] == "edge" and "*" not in allowed:
            assert name.split(".")[1] in allowed, f"{path.name} of module {module} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_library_has_its_module(path):
    """Each third-party library is imported by the modules that own it and by no other."""
    for name in _imports(path):
        owners = OWNER.get(name.split(".")[0])
        assert owners is None or _module(path) in owners, f"{path.name} imports {name}"


@pytest.mark.parametrize(
    ("library", "module"), [(name, module) for name, modules in OWNER.items() for module in sorted(modules)]
)
def test_each_owner_imports_its_library(library, module):
    """A module that is listed as owner of a library does import it."""
    mine = [path for path in FILES if _module(path) == module]
    named = [name for path in mine for name in (*_imports(path), *_imported_by_name(path))]
    assert library in {name.split(".")[0] for name in named}


PUBLISH = (
    {"decommission"},
    {"publisher", "probe"},
    {"assembly"},
    {"courier"},
    {"health"},
    {"delivery"},
    {"building", "durable", "mqtt"},
    {"orders", "gate", "notices", "packet", "encode", "clock", "secret", "lines"},
)
"""The floors of `edge.publish`, from the top."""


def _floor(name):
    return next(level for level, names in enumerate(PUBLISH) if name in names)


@pytest.mark.parametrize("path", sorted((PACKAGE / "publish").rglob("*.py")), ids=lambda path: path.stem)
def test_the_floors_of_publish(path):
    """A wing of `publish` imports itself and what is below it; only the ground's files import each other."""
    wing = path.relative_to(PACKAGE / "publish").parts[0].removesuffix(".py")
    if wing == "__init__":
        return
    for name in _imports(path):
        if name.startswith("edge.publish."):
            other, ground = name.split(".")[2], len(PUBLISH) - 1
            assert other == wing or _floor(other) > _floor(wing) or _floor(wing) == ground, name


ALONE = """
import importlib, sys
for name in sys.argv[1:]:
    for loaded in [one for one in sys.modules if one.split(".")[0] == "edge" and "_native." not in one]:
        del sys.modules[loaded]
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name not in OPTIONAL:
            raise
"""
OPTIONAL = {"nicegui", "uvicorn", "fastapi"}
"""Libraries of an extra that the tests do without."""


def test_modules_import_alone():
    """Every module imports first, without another module of the package having been imported before it."""
    names = [
        ".".join(("edge", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
        for path in FILES
        if path.name != "__main__.py"
    ]
    command = [sys.executable, "-W", "error", "-c", f"OPTIONAL = {OPTIONAL}{ALONE}", *names]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
