"""Numbers in words of the page."""


def number(value: float | None) -> str:
    """Return three digits, nothing where there is no value; never a zero with a sign."""
    return "" if value is None else f"{value + 0.0:.3g}".replace("-", "\u2212")


def signed(value: float, digits: int = 1) -> str:
    """Return a number with its sign; zero has none."""
    words = f"{value:+.{digits}f}"
    return f"{0:.{digits}f}" if float(words) == 0 else words.replace("-", "\u2212")


def minutes(t_s: float) -> str:
    """Return minutes and seconds of the recording."""
    tenths = round(10 * t_s)
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"
