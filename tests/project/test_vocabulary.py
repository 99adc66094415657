"""The words of the product: it times movements and says nothing of what anybody feels, wants or is."""

import json
import re
from pathlib import Path

import pytest

from edge.cli import COMMANDS, main
from edge.config.sections import MimicrySection
from edge.measures import TABLE as MEASURES

ROOT = Path(__file__).parents[2]
STEMS = {
    "emotion": (
        "emotion mood happ(?:y|ily|iness) joy(?:ful)?\\b sad(?:ness)? ang(?:er|ry) fear disgust surpris"
        " contempt frustrat bored(?:om)? depress anxi(?:ous|ety) stressed arousal valence sentiment affective"
        " feelings? empath sympath enjoy"
    ),
    "intention": (
        "intent(?:ion|ions|ional)?\\b motive decept deceiv deceit liars? honest sincer trustworth persuad"
        " lik(?:ing|eab) attract(?:ed|ion|ive) flirt rapport dominan(?:t|ce) engagement attentive"
    ),
    "identity": (
        "identit biometric facial.recognition face.recognition gender ethnic racial sexual personality"
        " embedding faceprint"
    ),
}
WORD = re.compile("|".join(rf"(?<![a-z]){stem}" for stems in STEMS.values() for stem in stems.split()))
# The name of a measure, defined by positions and movements; what it does not mean stands in the table.
# A column of another program has the name that program gives it.
# A board and a message have an identity: the pair (boot, seq). Telling that a person has none is allowed.
ALLOWED = re.compile(
    r"rapport.?triad|(?:never an|no picture, landmark or) identity|use_identity_as_username|\"identity\""
)
MESSAGES = ("edge/publish/", "edge/hub/", "firmware_configs/hub/")
TABLE = "edge/measures/table.py"  # names a concept only beside what may not be claimed
CODE = {".py", ".pyi", ".pyx", ".h", ".json", ".yaml", ".service", ".conf", ".md", ".sh"}
FILES = sorted(
    path
    for folder in ("edge", "native", "firmware_configs", "systemd")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in CODE and path.is_file() and "__pycache__" not in path.parts
)


def words(text):
    """Return the forbidden words of a text."""
    return WORD.findall(ALLOWED.sub("", text.lower()))


@pytest.mark.parametrize("folder", sorted({path.relative_to(ROOT).parts[:2] for path in FILES}), ids="/".join)
def test_code_and_schemas(folder):
    """No identifier, comment, schema or message speaks of a feeling, an intention or an identity."""
    found = {}
    for path in FILES:
        name = path.relative_to(ROOT).as_posix()
        if path.relative_to(ROOT).parts[:2] != folder or name == TABLE:
            continue
        allowed = {"identit"} if name.startswith(MESSAGES) else set()
        if left := set(words(path.read_text(encoding="utf-8"))) - allowed:
            found[name] = left
    assert found == {}


def test_the_table_names_concepts_beside_their_limits():
    """The exception: the table's concepts and limits; definitions, units and nulls keep to the rule."""
    for one in MEASURES:
        assert one.not_claimed
        assert words(f"{one.name} {one.worded(MimicrySection())} {one.unit} {one.null} {one.n_counts}") == []


def test_help(capsys):
    """The help of every command keeps to the rule."""
    for command in COMMANDS:
        with pytest.raises(SystemExit):
            main([command, "--help"])
    assert words(capsys.readouterr().out) == []


def test_what_a_meeting_says(tmp_path, capsys):
    """Lines, logs and measures of a meeting keep to the rule, in keys and in values."""
    table = tmp_path / "pair.csv"
    rows = [f"{k / 10},{p},{(k * p) % 11},{(k + p) % 7}" for k in range(200) for p in (1, 2)]
    table.write_text("\n".join(["t_s,person,AU12,AU04", *rows]) + "\n")
    assert main(["replay", str(table)]) == 0
    assert main(["measure", str(table)]) == 0
    captured = capsys.readouterr()
    assert '"type":"measure"' in captured.out
    assert words(captured.out + captured.err) == []


def test_the_word_list_finds_what_it_should():
    """The search sees words inside identifiers and passes innocent neighbours over."""
    assert words("is_happy mean_valence emotionScore the person's identity") == [
        "happy",
        "valence",
        "emotion",
        "identit",
    ]
    assert words("it happens; a unit vector; the trace; rapport_triad; a joystick") == []
    assert words(json.dumps({"engagement": 1})) == ["engagement"]
