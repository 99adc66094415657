"""What is on the page of a recording: moments, curves, windows by lags, nulls; and what never is."""

import base64
import hashlib
import json
import re
import zlib
from html.parser import HTMLParser

import numpy as np
import pytest

import edge
from edge.reporting.movements import moments
from edge.reporting.png import png
from edge.reporting.recording import Recording
from edge.reporting.traces import envelope

LAG_S = 0.8
EVIL = "</title></svg><script>alert(1)</script>\"'=1+1"
VOID = {"meta", "input", "br"}


class Tree(HTMLParser):
    """Names of all elements, their anchors and links, and text by element; unclosed elements are faults."""

    def __init__(self, text):
        super().__init__()
        self.open, self.names, self.ids, self.links, self.faults = [], [], [], [], []
        self.feed(text)
        self.faults += self.open

    def handle_starttag(self, tag, attrs):
        """Take an element."""
        given = dict(attrs)
        self.names.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if tag == "a" else []
        self.open += [] if tag in VOID else [tag]

    def handle_startendtag(self, tag, attrs):
        """Take an element that closes itself, as SVG has."""
        self.names.append(tag)

    def handle_endtag(self, tag):
        """Leave an element."""
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


def signal(t_s):
    """Return bumps every ten seconds."""
    return 10 * np.exp(-(((t_s % 10) - 5) ** 2))


def lines(seconds=60, rate_hz=10, name="AU12"):
    """Yield a recording of three people: 2 follows 1 by .8 s, 3 moves by itself."""
    yield {"type": "health", "t_s": 0.0, "seats": [3, 1, 2]}
    for k in range(seconds * rate_hz):
        t_s = k / rate_hz
        for person, late in ((1, 0.0), (2, LAG_S), (3, 3.3 * np.sin(t_s))):
            signals = {"AU01": 0.5, name: float(signal(t_s - late))}
            yield {"type": "frame", "t_s": t_s, "person": person, "signals": signals}
    for k in range(seconds // 10):
        for person, late in ((1, 0.0), (2, LAG_S)):
            start_s = 10.0 * k + 4 + late
            one = {"type": "event", "person": person, "channel": name}
            yield one | {"onset_s": start_s, "offset_s": start_s + 2, "t_s": start_s + 2}
    judged = {"type": "measure", "t_s": float(seconds), "name": "expression_synchrony", "subject": [1, 2]}
    for state in ("at_chance", "above"):
        figures = {
            "value": 1.5,
            "null": {"mu": 0.5, "sd": 0.1},
            "p": 0.02,
            "lag_s": LAG_S,
            "extra": {"z": 10.0},
        }
        yield judged | figures | {"state": state}
    rng = np.random.default_rng(0)
    draws = rng.normal(0.5, 0.1, 40).tolist()
    yield {"type": "null", "name": "expression_synchrony", "subject": [1, 2], "draws": draws}


def page(folder, found, **words):
    """Return the page of these lines."""
    path = folder / "m.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in found))
    edge.report(path, folder / "m.html", **words)
    return (folder / "m.html").read_text()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return the page of the three."""
    return page(tmp_path_factory.mktemp("page"), lines())


def test_every_link_has_its_place_and_every_element_its_end(whole):
    """The page is well formed, and what stands out leads to a group of the timeline."""
    tree = Tree(whole)
    assert tree.faults == []
    assert tree.links == ["#m0"]
    assert [name for name in tree.ids if name == "m0"] == ["m0"]
    assert "seat 2 moves first, by 0.80 s" in whole
    assert "Show 6 moments on the timeline" in whole.replace(" and the time above chance", "")


@pytest.mark.parametrize(
    ("lag_s", "extra", "words"),
    [
        (
            0.8,
            {"lag_low_s": 0.7, "lag_high_s": 0.9},
            "seat 1 moves first, by 0.80 s (95 % interval +0.70 to +0.90 s)",
        ),
        (
            -0.8,
            {"lag_low_s": -0.9, "lag_high_s": -0.7},
            "seat 2 moves first, by 0.80 s (95 % interval +0.70 to +0.90 s)",
        ),
        (
            -0.1,
            {"lag_low_s": -0.3, "lag_high_s": 0.2, "leads": 0},
            "seat 1 0.10 s behind seat 2 (95 % interval \u22120.20 to +0.30 s): who moves first is open",
        ),
    ],
)
def test_the_lag_is_that_of_whoever_is_named(tmp_path, lag_s, extra, words):
    """Lag and interval are counted from the person who moves first, whatever the order of the numbers."""
    *_, above, null = lines()
    text = page(tmp_path, [next(lines()), above | {"lag_s": lag_s, "extra": extra}, null])
    assert words in text
    assert "Signals and movements" not in text


def test_moments_are_answers_within_seconds(tmp_path):
    """The second's movement counts from .2 to 4 s after the first's, in the same part of the face."""
    recording = Recording("m")
    for person, channel, onset_s in (
        *((1, "AU12", 10.0), (2, "AU12", 10.8), (1, "AU12", 20.0), (2, "AU12", 20.1)),
        *((1, "AU12", 30.0), (2, "AU12", 34.1), (1, "AU12", 40.0), (2, "AU04", 41.0)),
        *((2, "AU06", 50.0), (2, "AU12", 50.1), (1, "AU12", 52.0), (1, "AU45", 60.0), (2, "AU45", 61.0)),
    ):
        recording.movements.append({"person": person, "channel": channel, "onset_s": onset_s})
    found = [(one.t_s, round(one.after_s, 3), one.first, one.second) for one in moments(recording, (1, 2))]
    assert found == [(10.0, 0.8, 1, 2), (50.0, 2.0, 2, 1)]


def test_all_channels_can_be_chosen(whole):
    """A list holds every channel, the smile first, and the style sheet shows the chosen group."""
    assert re.findall(r'<option value="(\d)">(.*?)</option>', whole) == [
        ("0", "AU12, lip corners up"),
        ("1", "AU01, inner brow up"),
    ]
    for k in (0, 1):
        assert f'<g class="c c{k}">' in whole
        assert f'.curves:has(option[value="{k}"]:checked) .c{k}' in whole


def pixels(address):
    """Return the colour numbers of a picture that an address holds."""
    body = base64.b64decode(address.split(",", 1)[1])
    wide, high = (int.from_bytes(body[k : k + 4], "big") for k in (16, 20))
    at = body.index(b"IDAT")
    packed = body[at + 4 : at + 4 + int.from_bytes(body[at - 4 : at], "big")]
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(high, wide + 1)
    return rows[:, 1:].astype(int)


def test_the_map_has_its_band_at_the_lag(whole):
    """Of the pair that stands out each window is bluest at the planted lag, the left one's lead on top."""
    shown, others = whole.split("Windows by lags</h2>", 1)[1].split("<details>", 1)
    assert shown.count("<image") == 1
    assert others.split("Every measure")[0].count("<image") == 2
    found = pixels(re.search(r'href="(data:image/png[^"]*)"', shown)[1])
    lags_s = np.linspace(2, -2, len(found))
    best_s = lags_s[found.argmax(axis=0)]
    assert np.median(best_s) == pytest.approx(LAG_S)
    assert np.abs(best_s - LAG_S).max() < 0.25  # at bumps that a window cuts


def test_pictures_keep_signs_and_gaps():
    """-1, 0, 1 and nothing are four different colours: the ends, white, transparent."""
    assert pixels(png(np.array([[-1.0, 0.0, 1.0, np.nan]]))).tolist() == [[0, 127, 254, 255]]


def test_nulls_are_drawn_with_the_value(whole):
    """The bars of a null count its draws, the dot stands at the value."""
    drawn = whole.split("Null distributions of expression_synchrony</title>", 1)[1].split("</svg>")[0]
    assert "1.5 among 40 draws" in drawn
    heights = [float(one) for one in re.findall(r"v-([\d.]+)h", drawn)]
    assert max(heights) == 24.0
    assert 3 < len(heights) < 20
    dots = re.findall(r'<circle cx="([\d.]+)"', drawn)
    assert [float(one) for one in dots] == [740.0]  # the value is the highest number of all


def test_time_that_is_missing_has_its_reasons(tmp_path):
    """A row for each person: how much was measurable, and what took the rest."""
    seen = [{"id": 1, "missing": {"turned": 0.25, "dark": 0.1}}, {"id": 2, "missing": {}}]
    text = page(tmp_path, [*lines(), {"type": "room", "t_s": 60.0, "seen": seen}])
    rows = text.split("Measurable time</h2>", 1)[1].split("<tbody>", 1)[1].split("</tbody>")[0]
    cells = [re.findall(r"<td data-head[^>]*>(.*?)</td>", row) for row in rows.split("<tr>")[1:]]
    assert cells == [
        ["Seat 2", "65%", "turned away 25%, too dark 10%"],
        ["Seat 3", "100%", "nothing worth a word"],
    ]


def test_no_text_becomes_markup(tmp_path):
    """Names, channels and measures of any text stay text; the page's script alone may run."""
    found = [one | ({"name": EVIL} if one["type"] in {"measure", "null"} else {}) for one in lines(name=EVIL)]
    text = page(tmp_path, found, names=[EVIL + "a", EVIL + "b", EVIL + "c"])
    tree = Tree(text)
    assert tree.faults == []
    assert tree.names.count("script") == 1
    script = text.rsplit("<script>", 1)[1].split("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text
    assert "default-src 'none'" in text
    assert not re.search(r'(src|href)="(?!data:image/png|#)', text)


def test_long_signals_keep_their_peaks_and_gaps():
    """Of a million samples each peak is drawn, and a gap breaks the line."""
    t_s = np.arange(1_000_000) / 30
    values = np.zeros(len(t_s))
    values[[5, 400_000, 999_999]] = (3.0, -7.0, 9.0)
    values[500_000:600_000] = np.nan
    found = envelope(t_s, values)
    known = [y for _, y in found if y is not None]
    assert (len(found) < 1800, max(known), min(known), known.count(3.0)) == (True, 9.0, -7.0, 1)
    holes = [x for x, y in found if y is None]
    assert holes
    assert all(16_600 < x < 20_030 for x in holes)
    apart = envelope([0.0, 1.0, 2.0, 50.0, 51.0], [1.0] * 5)
    assert [y for _, y in apart] == [1.0, 1.0, 1.0, None, 1.0, 1.0]


def test_three_hours_fit_a_page(tmp_path):
    """Six people, all channels, as many rows as fill each column of pixels, many movements: under 5 MB."""
    recording = [f"AU{k:02}" for k in (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 18, 20, 23, 24, 25, 26, 45)]
    rng = np.random.default_rng(1)
    found = [
        {"type": "frame", "t_s": 6.0 * k, "person": p, "signals": dict(zip(recording, row, strict=True))}
        for k, rows in enumerate(rng.standard_normal((1800, 6, 19)).round(3).tolist())
        for p, row in enumerate(rows)
    ]
    found += [
        {
            "type": "event",
            "t_s": k / 6,
            "person": k % 6,
            "channel": "AU12",
            "onset_s": k / 6,
            "offset_s": k / 6 + 1,
        }
        for k in range(0, 6 * 10_800, 7)
    ]
    text = page(tmp_path, found)
    assert text.count('<g class="c c') == 19
    assert 300_000 < len(text) < 5_000_000
