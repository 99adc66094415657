"""The complete commented `default.yaml`, written from the dataclasses so that it cannot lag behind them."""

import ast
import dataclasses
import functools
import inspect
import textwrap

import yaml

from edge.config import sections
from edge.config._build import expectation, fields_of, is_live

WIDTH = 100
HEAD = """\
# Every setting with its default: a file of your own holds only what differs.
# Ranges are checked, unknown keys are errors: mimicry-edge config validate FILE
# A setting marked [live] takes effect on reload (systemctl reload mimicry-edge), the others on restart.
# Secrets never stand here: publish.password_file or the systemd credential mqtt_password holds the password.
"""


def document() -> str:
    """Text of `firmware_configs/default.yaml`."""
    blocks = [HEAD]
    config = sections.Config()
    notes = _notes()
    for name in fields_of(sections.Config):
        value = getattr(config, name)
        if dataclasses.is_dataclass(value):
            blocks.append(_section(name, value, notes))
        else:
            blocks.append(_comment(notes["Config"].get(name, ""), "") + _entry(name, value, ""))
    return "\n".join(blocks)


def _section(name: str, section: object, notes: dict[str, dict[str, str]]) -> str:
    cls = type(section)
    lines = [_comment(inspect.getdoc(cls) or "", ""), f"{name}:\n"]
    for field, hint in fields_of(cls).items():
        note = notes[cls.__name__].get(field, "").rstrip(".")
        live = " [live]" if is_live(hint) else ""
        lines.append(_comment(f"{note}: {expectation(hint)}.{live}".lstrip(": "), "  "))
        lines.append(_entry(field, getattr(section, field), "  "))
    return "".join(lines)


def _entry(name: str, value: object, indent: str) -> str:
    if isinstance(value, tuple | dict):
        plain = list(value) if isinstance(value, tuple) else value
        return f"{indent}{name}: {yaml.safe_dump(plain, default_flow_style=True, width=1000)}"
    return textwrap.indent(yaml.safe_dump({name: value}, width=1000), indent)


def _comment(text: str, indent: str) -> str:
    lines = textwrap.wrap(" ".join(text.split()), WIDTH, break_long_words=False, break_on_hyphens=False)
    return "".join(f"{indent}# {line}\n" for line in lines)


@functools.cache
def _notes() -> dict[str, dict[str, str]]:
    """Docstrings under the fields, by class and field."""
    found = {}
    for node in ast.parse(inspect.getsource(sections)).body:
        if isinstance(node, ast.ClassDef):
            pairs = zip(node.body, node.body[1:], strict=False)
            found[node.name] = dict(_note(field, note) for field, note in pairs if _note(field, note)[0])
    return found


def _note(field: ast.stmt, note: ast.stmt) -> tuple[str, str]:
    named = isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
    documented = isinstance(note, ast.Expr) and isinstance(note.value, ast.Constant)
    if not (named and documented):
        return "", ""
    assert isinstance(field, ast.AnnAssign)
    assert isinstance(field.target, ast.Name)
    assert isinstance(note, ast.Expr)
    assert isinstance(note.value, ast.Constant)
    return field.target.id, str(note.value.value)
