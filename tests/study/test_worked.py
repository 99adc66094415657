"""The worked study of `docs/laboratory.md` runs as it stands."""

import doctest

from tests.api.page import ROOT, Near

PAGE = ROOT / "docs" / "laboratory.md"


def test_the_worked_study(tmp_path, monkeypatch):
    """From the tables of six dyads to rows, verdicts and a figure: every answer is the one on the page."""
    monkeypatch.chdir(ROOT)
    text = PAGE.read_text(encoding="utf-8")
    session = doctest.DocTestParser().get_doctest(text, {"folder": tmp_path}, PAGE.name, str(PAGE), 0)
    told = []
    result = doctest.DocTestRunner(Near()).run(session, out=told.append)
    assert "".join(told) == ""
    assert result.attempted >= 12
    assert "30 pseudo-dyads" in (tmp_path / "study.svg").read_text()
