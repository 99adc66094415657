"""Many dyads together: how strongly partners move together, beside what chance gives in two ways."""

from edge.study.draw import drawn
from edge.study.dyads import Dyad, Lengths, dyad
from edge.study.stored import study_of
from edge.study.study import Held, Result, Study, held, study

__all__ = ["Dyad", "Held", "Lengths", "Result", "Study", "drawn", "dyad", "held", "study", "study_of"]
