"""`docs/python.md` runs as it stands, all but the film, which the validation renders."""

from tests.api.page import ROOT, Near, run, sessions


def test_the_page_runs(monkeypatch):
    """Every session without a film prints what stands below it."""
    monkeypatch.chdir(ROOT)
    attempted, told = run(sessions(rendered=False))
    assert told == ""
    assert attempted >= 8


def test_the_film_is_a_session_of_its_own():
    """The block that needs the film reads it and measures it."""
    source = "".join(example.source for example in sessions(rendered=True).examples)
    assert 'edge.signals("meeting.mp4")' in source
    assert "edge.measure(table" in source


def test_near_is_near():
    """A word that differs or a number a fifth away is a difference, a hundredth is none."""
    check = Near().check_output
    assert check("z 7.33, above", "z 7.4, above", 0)
    assert not check("z 7.33, above", "z 8.9, above", 0)
    assert not check("z 7.33, above", "z 7.33, below", 0)
    assert not check("z 7.33, above", "above", 0)
