"""`replay` as a pipeline reads it: types of the lines, figures at the end, several inputs, a real broker."""

import json
from collections import Counter
from hashlib import sha256

import pytest

from edge import __version__
from edge.cli import main
from edge.cli import replay as command
from tests.publish.broker import Broker, Listener, free_port


def lines(text):
    """Parse JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


def configured(folder, port):
    """Write a configuration for a broker on loopback."""
    path = folder / "config.yaml"
    path.write_text(
        "privacy: {profile: research}\n"
        f"publish: {{host: 127.0.0.1, port: {port}, tls: false, site: demo, device_id: dev-1, "
        "summary_s: 10}\n"
    )
    return path


def test_lines_name_their_type_first(pair, capsys):
    """Every line is one object, `type` first and of the documented kinds; figures go to stderr."""
    assert main(["replay", str(pair)]) == 0
    captured = capsys.readouterr()
    found = lines(captured.out)
    kinds = Counter(one["type"] for one in found)
    assert {next(iter(one)) for one in found} == {"type"}
    assert set(kinds) <= {"event", "coupling", "measure", "room", "health"}
    assert kinds["room"] == 1  # of the 40 s that there are
    assert kinds["measure"] > 0
    assert kinds["coupling"] > 0
    assert kinds["health"] == 1
    assert "400 frames, 800 faces" in captured.err
    assert "ms p50/p95" in captured.err


def test_lines_into_a_file(pair, tmp_path, capsys):
    """A file holds what standard output gets, of several inputs too; a broken one leaves no file."""
    assert main(["replay", str(pair), str(pair)]) == 0
    expected, out = capsys.readouterr().out, tmp_path / "two.jsonl"
    assert main(["replay", str(pair), str(pair), "--out", str(out)]) == 0
    assert capsys.readouterr().out == ""
    told = [[one for one in lines(text) if one["type"] != "health"] for text in (expected, out.read_text())]
    assert told[0] == told[1]
    assert main(["replay", str(pair), str(tmp_path / "none.csv"), "--out", str(tmp_path / "b.jsonl")]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["two.jsonl"]
    (tmp_path / "link.jsonl").symlink_to(pair)
    assert main(["replay", str(pair), "--out", str(tmp_path / "link.jsonl")]) == 1
    assert "expected an output of its own" in capsys.readouterr().err


def test_the_last_line_is_the_health(pair, capsys):
    """The health line holds frames, faces, milliseconds of every stage and the real-time factor."""
    assert main(["replay", str(pair)]) == 0
    health = lines(capsys.readouterr().out)[-1]
    assert (health["type"], health["frames"], health["faces"]) == ("health", 400, 800)
    assert health["t_s"] == pytest.approx(39.9)
    assert health["real_time_factor"] > 1
    assert health["missing"] == {}
    assert all(0 <= ms["p50"] <= ms["p95"] for ms in health["stage_ms"].values())
    origin = health["origin"]
    assert origin["inputs"] == [{"name": pair.name, "sha256": sha256(pair.read_bytes()).hexdigest()}]
    assert (origin["version"], origin["seed"], origin["command"]) == (__version__, 1, f"replay {pair}")
    assert origin["config"]["mimicry"]["horizon_s"] == 600
    assert "publish" not in origin["config"]


def test_a_measure_says_whose_it_is(pair, capsys):
    """A measure line names its pair, its person or the room."""
    assert main(["replay", str(pair)]) == 0
    for one in lines(capsys.readouterr().out):
        if one["type"] == "measure":
            named = one.get("pair", [one["person"]] if "person" in one else [])
            assert named == one["subject"]
            assert one.get("room", False) == (one["subject"] == [])


def test_frames_of_a_table(pair, capsys):
    """With `--frames` a table gives one line a row, in its own channels."""
    assert main(["replay", str(pair), "--frames"]) == 0
    frames = [one for one in lines(capsys.readouterr().out) if one["type"] == "frame"]
    assert len(frames) == 800
    assert [one["person"] for one in frames[:2]] == [1, 2]
    assert set(frames[0]["signals"]) == {"motion"}


@pytest.mark.parametrize(("profile", "frames"), [("workplace", 0), ("personal", 800), ("research", 800)])
def test_a_workplace_prints_nobody(pair, tmp_path, capsys, profile, frames):
    """Under `workplace` two people leave neither a line of a frame nor one of the pair, asked for or not."""
    path = tmp_path / "config.yaml"
    path.write_text(f"privacy: {{profile: {profile}}}\n")
    assert main(["replay", str(pair), "--config", str(path), "--frames"]) == 0
    found = lines(capsys.readouterr().out)
    assert frames == sum(one["type"] == "frame" for one in found)
    assert (frames > 0) == any(one.get("subject") or "pair" in one for one in found)
    assert found[-1]["faces"] == 800


def test_same_table_same_lines(pair, capsys):
    """Two runs print the same text but for the timings of the health line."""
    texts = []
    for _ in range(2):
        assert main(["replay", str(pair)]) == 0
        texts.append(capsys.readouterr().out.splitlines()[:-1])
    assert texts[0] == texts[1]


def test_inputs_follow_one_another(pair, capsys):
    """Several inputs are several meetings, each closed by its health line."""
    assert main(["replay", str(pair), str(pair)]) == 0
    found = [one for one in lines(capsys.readouterr().out) if one["type"] == "health"]
    assert [one["input"] for one in found] == ["pair.csv", "pair.csv"]


def test_more_people_than_the_correlator_holds(tmp_path, capsys):
    """Forty people in a table end well."""
    table = tmp_path / "crowd.csv"
    rows = [f"{k / 10},{p},{(k * p) % 7}" for k in range(15) for p in range(40)]
    table.write_text("\n".join(["t_s,person,AU12", *rows]) + "\n")
    assert main(["replay", str(table)]) == 0
    assert lines(capsys.readouterr().out)[-1]["faces"] == 600


def test_a_broker_hears_the_meeting(pair, tmp_path):
    """With `--out mqtt` a real broker has every summary when the command ends."""
    with Broker(tmp_path / "broker") as broker, Listener(broker.port, "demo/#") as ear:
        assert (
            main(["replay", str(pair), "--config", str(configured(tmp_path, broker.port)), "--out", "mqtt"])
            == 0
        )
        summaries = [json.loads(one.payload) for one in ear.wait_for("mimicry/summary", 4)]
    assert [one["people"] for one in summaries] == [2, 2, 2, 2]
    assert sum(one["window_s"] for one in summaries) == pytest.approx(39.9, abs=1.0)


def test_no_broker_is_an_error(pair, tmp_path, refused, monkeypatch):
    """What nobody took is told, with the address."""
    monkeypatch.setattr(command, "DRAIN_S", 0.5)
    port = free_port()
    status, line = refused("replay", pair, "--config", configured(tmp_path, port), "--out", "mqtt")
    assert status == 1
    assert f"127.0.0.1:{port}" in line


def test_tables_of_one_meeting(tmp_path, capsys):
    """Two files with a person each are one meeting of two; offsets are for films."""
    for name, rate_hz in (("left.csv", 25), ("right.csv", 10)):
        rows = "".join(f"{k / rate_hz},{k * k % 17}\n" for k in range(20 * rate_hz))
        (tmp_path / name).write_text("t_s,motion\n" + rows)
    words = ["replay", str(tmp_path / "left.csv"), str(tmp_path / "right.csv"), "--together"]
    assert main(words) == 0
    captured = capsys.readouterr()
    pairs = {tuple(one["pair"]) for one in lines(captured.out) if one["type"] == "coupling"}
    assert pairs == {(1, 2)}
    assert lines(captured.out)[-1]["input"] == "left.csv + right.csv"
    assert main([*words, "--offset-s", "0,1"]) == 1
    assert "got a table at" in capsys.readouterr().err
