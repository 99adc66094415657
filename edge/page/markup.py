"""HTML by hand: whatever came from outside is escaped here, and times are the reader's."""

from collections.abc import Iterable
from datetime import tzinfo
from html import escape

from edge.moment import moment


def tag(name: str, *inner: str, **attributes: str) -> str:
    """Return an element; `inner` is HTML, attribute values are text (`class_` becomes `class`)."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(text)}"' for key, text in attributes.items()
    )
    return f"<{name}{given}>{''.join(inner)}</{name}>"


def text(words: object) -> str:
    """Return words as HTML."""
    return escape(str(words))


def badge(mark: str, words: str, grave: str) -> str:
    """Return a mark and words; the mark says the same without colour."""
    return tag("span", tag("span", text(mark), aria_hidden="true"), " ", text(words), class_=f"badge {grave}")


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a list of names and values; empty values are left out."""
    rows = [
        tag("div", tag("dt", text(name)), tag("dd", text(value)), class_="fact")
        for name, value in pairs
        if value
    ]
    return tag("dl", *rows, class_="facts") if rows else ""


def local(stamp: str, zone: tzinfo | None, form: str = "%H:%M:%S") -> str:
    """Return a time as published in the reader's zone; empty where it is none."""
    try:
        return moment(stamp).astimezone(zone).strftime(form)
    except (ValueError, OverflowError):  # the zone's year 0
        return ""
