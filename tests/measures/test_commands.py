"""`measures`, `measure` and `report` from the command line."""

import json

import numpy as np
import pytest

from edge.cli import main
from edge.measures import TABLE


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Write two people with one channel of their own name, 200 s at 10 Hz, the second .5 s later."""
    rng = np.random.default_rng(11)
    x = np.convolve(rng.standard_normal(2010), np.ones(4) / 4, mode="valid")
    path = tmp_path_factory.mktemp("signals") / "pair.csv"
    rows = ["t_s,person,motion"]
    for k in range(5, 2005):
        rows += [f"{(k - 5) / 10},1,{x[k]:.6f}", f"{(k - 5) / 10},2,{x[k - 5]:.6f}"]
    path.write_text("\n".join(rows) + "\n")
    return path


def test_measures_prints_every_definition(capsys):
    """The table names every measure with what is not claimed."""
    assert main(["measures"]) == 0
    out = capsys.readouterr().out
    for one in TABLE:
        assert f"{one.number:2d} {one.name} [{one.unit}]" in out
    assert out.count("not claimed:") == len(TABLE)


def test_measures_words_the_windows_of_a_configuration(tmp_path, capsys):
    """With a configuration the definitions name its windows and lags."""
    (tmp_path / "c.yaml").write_text("mimicry: {window_s: 12, max_lag_s: 3}")
    assert main(["measures", "--config", str(tmp_path / "c.yaml")]) == 0
    assert "12 s windows of the largest Fisher z within +-3 s" in capsys.readouterr().out


def test_measure_finds_a_delayed_copy(table, tmp_path):
    """Signals with columns of any name are measured: a copy .5 s later is found at .5 s."""
    out = tmp_path / "measures.json"
    assert main(["measure", str(table), "--surrogates", "59", "--out", str(out)]) == 0
    measures = json.loads(out.read_text())
    one = next(m for m in measures if m["name"] == "expression_synchrony" and m.get("pair") == [1, 2])
    assert one["state"] == "above"
    assert one["lag_s"] == pytest.approx(0.5, abs=0.05)
    assert one["null"]["sd"] > 0
    assert sorted(one.name for one in tmp_path.iterdir()) == ["measures.json", "measures.json.origin.json"]


def test_measure_names_the_time_that_is_missing(tmp_path, capsys):
    """Who is turned away most of the time is named with the share, on stderr and beside each verdict."""
    rng = np.random.default_rng(12)
    path = tmp_path / "turned.csv"
    rows = ["t_s,person,w_px,yaw_deg,pitch_deg,roll_deg,AU12"]
    for k in range(3000):
        away = k >= 1200
        rows.append(f"{k / 10},1,160,0,0,0,{5 + rng.normal():.4f}")
        rows.append(f"{k / 10},2,160,{60 if away else 0},0,0,{'' if away else f'{5 + rng.normal():.4f}'}")
    path.write_text("\n".join(rows) + "\n")
    assert main(["measure", str(path), "--measures", "expression_synchrony,expressivity_calibration"]) == 0
    captured = capsys.readouterr()
    assert "person 2, time not measurable: turned away 60%" in captured.err
    found = {tuple(one["subject"]): one["missing"] for one in json.loads(captured.out) if one["subject"]}
    assert found[1, 2]["2"]["turned"] == pytest.approx(0.6, abs=0.01)
    assert set(found[1, 2]["1"]) == {"warm_up"}
    assert found[1, 2]["1"] == found[1,]["1"]


def test_measure_is_the_same_with_the_same_seed(table, capsys):
    """Two runs with one seed print the same text."""
    texts = []
    for _ in range(2):
        assert main(["measure", str(table), "--measures", "slope_concordance", "--seed", "7"]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    assert {m["name"] for m in json.loads(texts[0])} == {"slope_concordance"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["measure", "missing.csv"], "expected a readable file"),
        (["measure", "TABLE", "--measures", "charm"], "expected one of brief_event_mirroring"),
        (["report", "missing.jsonl", "--out", "page.html"], "expected a readable file"),
    ],
)
def test_mistakes_are_one_line(table, arguments, message, capsys):
    """Bad input ends with one line on stderr and exit 1."""
    assert main([str(table) if word == "TABLE" else word for word in arguments]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith(f"error: {message}")
    assert captured.err.count("\n") == 1


def line(kind, **body):
    """One line of a recording."""
    return json.dumps({"type": kind, **body})


def test_report_is_one_page_that_needs_nothing(tmp_path):
    """The page holds every plot, every state and every limit, and loads nothing from anywhere."""
    recording, page = tmp_path / "meeting.jsonl", tmp_path / "meeting.html"
    profile = {f"lag_{lag / 10:+.1f}_s": 0.3 - abs(lag - 6) / 60 for lag in range(-20, 21, 2)}
    lines = [line("frame", t_s=k / 10, person=p, signals={"AU12": k % 7}) for k in range(50) for p in (1, 2)]
    lines += [line("event", person=1, channel="AU12", onset_s=1.0, apex_s=1.2, offset_s=1.4, brief=True)]
    lines += [
        line(
            "measure",
            t_s=5.0,
            subject=[1, 2],
            name="expression_synchrony",
            value=0.6,
            unit="fisher_z",
            null={"mu": 0.3, "sd": 0.05},
            p=0.025,
            n=40,
            coverage=1,
            state="above",
            lag_s=0.6,
            extra={**profile, "lag_mu": 0.0, "lag_sd": 0.03, "z": 6.0},
        ),
        line(
            "measure",
            t_s=5.0,
            subject=[],
            name="mimicry_index",
            value=None,
            unit="rank",
            state="insufficient",
        ),
    ]
    recording.write_text("\n".join(lines) + "\n")
    assert main(["report", str(recording), "--out", str(page)]) == 0
    html = page.read_text()
    for words in (
        "Who follows whom",
        "Lag profile of 1 and 2",
        "What this does not mean",
        "1 moves first, by 0.60 s",
        "above chance, +0.60 s",
        "z +6.0 at 0.6 s",
        "expression_synchrony</code>: <b>above chance</b>",
        "Insufficient: the room",
        "circles: brief ones",
    ):
        assert words in html
    assert html.count("<svg") == html.count("</svg>") >= 4
    assert "src=" not in html
    assert "://" not in html.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("text", ["", "{}\n", "[1]\n", '{"type": "measure", "t_s": 1}\n', "not json\n"])
def test_report_refuses_what_is_no_recording(tmp_path, text, capsys):
    """A file without lines of a recording is one clear line, and no page is left."""
    recording, page = tmp_path / "meeting.jsonl", tmp_path / "meeting.html"
    recording.write_text(text)
    assert main(["report", str(recording), "--out", str(page)]) == 1
    assert capsys.readouterr().err.startswith("error: expected")
    assert not page.exists()
