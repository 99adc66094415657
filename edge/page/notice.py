"""The notice at the door, for a tablet: measuring or muted, since when, what leaves the room.

In two languages; nothing of a person and no number of people is on it.
"""

from datetime import UTC, datetime, tzinfo

from edge.page.fleet import Card
from edge.page.markup import local, tag, text

WORDS = {
    "en": {
        "measuring": "The camera is open: timing of facial movements is measured",
        "muted": "Muted: the camera is closed",
        "unknown": "Not known: the device is not heard. Its camera may be open",
        "off": "Not running: the device reported that it stopped",
        "since": "since {}",
        "leaves": "What leaves the room",
        "room": "Numbers about the room as a whole from three people on, and always how many are here.",
        "pairs": "With the consent of this booking also numbers about pairs of people, under random numbers.",
        "people": "Research: numbers about each person, under random numbers.",
        "never": "Never a picture, a sound or a name. Nothing judges what anybody feels or wants.",
        "how": "How to mute",
        "button": "Press the button on the device. Nobody can undo that from elsewhere.",
    },
    "de": {
        "measuring": "Die Kamera ist offen: Der Zeitverlauf von Gesichtsbewegungen wird gemessen",
        "muted": "Stumm geschaltet: Die Kamera ist geschlossen",
        "unknown": "Nicht bekannt: Das Gerät ist nicht zu hören. Seine Kamera kann offen sein",
        "off": "Nicht in Betrieb: Das Gerät hat gemeldet, dass es beendet wurde",
        "since": "seit {}",
        "leaves": "Was den Raum verlässt",
        "room": "Ab drei Personen Zahlen über den Raum als Ganzes, und immer, wie viele Menschen hier sind.",
        "pairs": "Mit der Einwilligung dieser Buchung auch Zahlen über Paare, unter zufälligen Nummern.",
        "people": "Forschung: Zahlen über jede Person, unter zufälligen Nummern.",
        "never": "Nie ein Bild, ein Ton oder ein Name. Nichts beurteilt, was jemand fühlt oder will.",
        "how": "Stumm schalten",
        "button": "Drücken Sie die Taste am Gerät. Niemand kann das von anderswo rückgängig machen.",
    },
}


def notice(card: Card, *, heard: bool, zone: tzinfo | None) -> str:
    """Return the notice; `heard` is whether the hub can be read now."""
    state = _state(card, heard=heard)
    return tag("div", *(_half(card, state, language, zone) for language in WORDS), class_=f"notice {state}")


def _state(card: Card, *, heard: bool) -> str:
    """Return what is certain: nothing is taken for closed that is not reported as closed."""
    if not heard or card.silent or card.availability in {"", "offline"} or not card.privacy:
        return "unknown"
    if card.availability == "stopped":
        return "off"
    return "muted" if card.muted else "measuring"


def _half(card: Card, state: str, language: str, zone: tzinfo | None) -> str:
    words = WORDS[language]
    since = local(_since(card), zone, "%H:%M") if state in {"measuring", "muted"} else ""
    lead = tag("p", tag("span", _MARKS[state], aria_hidden="true"), " ", text(words[state]), class_="big")
    parts = [lead, tag("p", text(words["since"].format(since)), class_="since") if since else ""]
    if state != "off":
        leaves = [words[name] for name in _leaves(card)]
        parts += [tag("h2", text(words["leaves"])), tag("p", text(" ".join([*leaves, words["never"]])))]
        parts += [tag("h2", text(words["how"])), tag("p", text(words["button"]))]
    return tag("section", *parts, lang=language)


_MARKS = {"measuring": "●", "muted": "■", "unknown": "?", "off": "○"}


def _leaves(card: Card) -> tuple[str, ...]:
    if card.privacy.get("profile") == "research":
        return ("people",)
    return ("room", "pairs") if card.privacy.get("consent") else ("room",)


def _since(card: Card) -> str:
    """Return when the state began, UTC; empty: unknown."""
    seconds = card.privacy.get("since_s")
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()
