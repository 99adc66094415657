"""Colours that the common colour-blindnesses keep apart (Okabe & Ito 2008)."""

OKABE_ITO = {
    "orange": "#e69f00",
    "sky": "#56b4e9",
    "green": "#009e73",
    "blue": "#0072b2",
    "red": "#d55e00",
    "purple": "#cc79a7",
}
