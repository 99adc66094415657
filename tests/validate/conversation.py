"""Real conversations against what was seen in them by eye, things that are not people, phantom movements.

The table goes into docs/signals.md. What is missed there is missed today: the bars say what a room needs.
"""

from pathlib import Path

from tests.validate.rooms import labels, planted, score, seen
from tests.validate.tables import table

PAGE = Path(__file__).parents[2] / "docs" / "signals.md"
CLIPS = (*score.PEOPLE, "looking-down.mp4", "cuts.mp4")
COMPLETE = "talking-head.mp4"  # every blink of this clip is labelled
NOT_PEOPLE = ("drawing.mp4", "puppets.mp4")
FOUND = (
    ("smiles found", "smile", ("AU12",)),
    ("brow raises found", "brows_up", ("AU01", "AU02")),
)
PER_MINUTE = 1.0
MEASURED = {"looking-down.mp4": 0.4}  # heads bent over phones: the mouth is seen on part of the frames


class Sheet:
    """Rows of what was asked, the bar and what came; what missed its bar is kept apart."""

    def __init__(self):
        self.rows = []
        self.missed = []

    def add(self, what, bar, came, good):
        """Add one row."""
        self.rows.append((what, bar, came))
        if not good:
            self.missed.append(f"{what} {came}")

    def at_least(self, what, pair, share):
        """Ask for a share of what was asked."""
        hits, asked = pair
        self.add(what, f"at least {share:.0%}", f"{hits} of {asked}", hits >= share * asked)

    def none(self, what, count, out_of=""):
        """Ask for nothing at all."""
        self.add(what, "0", f"{count}{out_of}", count == 0)

    def rate(self, what, count, minutes):
        """Ask for few a minute."""
        words = f"{count / minutes:.1f} ({count} in {minutes:.1f} min)"
        self.add(what, f"at most {PER_MINUTE:g} a minute", words, count <= PER_MINUTE * minutes)


def report(*, short=False):
    """Return the table; `short` looks at two clips and renders a minute."""
    clips = CLIPS[:2] if short else CLIPS
    takes = {file: seen.clip(labels.path(file)) for file in clips}
    sheet = Sheet()
    _movements(sheet, takes)
    _faults(sheet, takes)
    _measured(sheet, takes)
    seconds = 20.0 if short else None
    hits, asked, n = planted.blinks(seconds)
    sheet.at_least("blinks found, planted.yaml by pixels", (hits, asked), 0.9)
    sheet.at_least("blinks that are blinks, planted.yaml by pixels", (hits, n), 0.9)
    for pixels in (False, True):
        counts, minutes = planted.phantoms(pixels=pixels, seconds=seconds)
        names = " ".join(f"{name} {n}" for name, n in counts.items())
        sheet.rate(
            f"phantoms on unplanted channels, {'by pixels' if pixels else 'as signals'}: {names or 'none'}",
            sum(counts.values()),
            minutes,
        )
    note = (
        f"Sure labels only. Blinks: apex within {score.NEAR_S:g} s of the closure. Openings: one event, "
        f"both ends within {score.EDGE_S:g} s. "
        "Measured: face-frames with a value for AU12 and AU25, of "
        "those in which the eye sees a face that is neither covered nor in profile."
    )
    return [table("Real conversations", ("what", "bar", "today"), sheet.rows, note, sheet.missed)]


def _movements(sheet, takes):
    """Ask for the labelled movements."""
    for name, take in takes.items():
        hits, asked, n = score.blinks(take, name)
        if asked:
            sheet.at_least(f"blinks found, {name}", (hits, asked), 0.9)
        if name == COMPLETE:
            sheet.at_least(f"blinks that are blinks, {name}", (hits, n), 0.9)
        for what, kind, channels in FOUND:
            pair = score.overlapped(take, name, kind, *channels)
            if pair[1]:
                sheet.at_least(f"{what}, {name}", pair, 0.9)
        openings = score.whole(take, name, "mouth_open", "AU25")
        if openings[1]:
            sheet.at_least(f"mouth openings, each one event, {name}", openings, 0.9)
    false, asked = _sum(score.overlapped(take, name, "no_smile", "AU12") for name, take in takes.items())
    sheet.none("smiles of people who do not smile", false, f" of {asked}")
    false, lowered_s = _sum(score.lowered(take, name) for name, take in takes.items())
    if lowered_s:
        sheet.rate("blinks while lids are only lowered", false, lowered_s / 60)


def _sum(pairs):
    """Add up pairs of numbers."""
    return tuple(map(sum, zip(*pairs, strict=True)))


def _faults(sheet, takes):
    """Count what contradicts itself, whatever the face did."""
    sheet.none("movements reported twice", sum(map(score.twins, takes.values())))
    late, longer = _sum(map(score.late, takes.values()))
    sheet.none("ends long after the channel came down", late, f" of {longer}")
    people = (score.unlabelled(take, name) for name, take in takes.items() if name not in NOT_PEOPLE)
    sheet.rate("brief movements that no label explains", *_sum(people))
    for name, take in takes.items():
        carried, asked = score.cuts(take, name)
        if asked:
            sheet.none(f"cuts at which a number goes on, {name}", carried, f" of {asked}")


def _measured(sheet, takes):
    """Who is measured."""
    for name, take in takes.items():
        if name not in (*NOT_PEOPLE, "cuts.mp4"):
            sheet.at_least(
                f"measured, {name}", score.measured(take, name, "AU12", "AU25"), MEASURED.get(name, 0.8)
            )
