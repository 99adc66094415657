"""The table of measures: what each one is called, means, and does not mean."""

from collections.abc import Sequence
from dataclasses import dataclass

from edge.config.sections import MimicrySection
from edge.errors import MeasureError


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One measure as the literature names it and as it is published."""

    number: int
    """Number in the table."""
    name: str
    """Published, neutral name."""
    concept: str
    """Concept of the literature; documentation only."""
    definition: str
    """The one streaming definition, in words; `worded` fills in what the configuration sets."""
    unit: str
    """Unit of the value."""
    null: str
    """What the value is held against."""
    n_required: float
    """Effective observations for full confidence."""
    n_counts: str
    """What the effective observations are."""
    not_claimed: str
    """What the value does not mean."""
    signed: bool = False
    """Whether a pair's value has a direction: both tails are read, and the room's value is the size alone."""
    tested: bool = True
    """Whether there is a null to test against."""

    def worded(self, section: MimicrySection) -> str:
        """Return the definition with the windows and lags in force."""
        return self.definition.format(section)


TABLE: tuple[Definition, ...] = (
    Definition(
        number=1,
        name="brief_event_mirroring",
        concept="Microexpression mirroring",
        definition="share of i's brief onsets answered by j's on that channel in .2 to 1.2 s, above chance",
        unit="rate",
        null="N2: j's onsets jittered by up to 5 s",
        n_required=10,
        n_counts="brief onsets of i",
        not_claimed="concealed feelings, deception",
    ),
    Definition(
        number=2,
        name="expression_synchrony",
        concept="Emotional contagion synchrony",
        definition="mean over {0.window_s:g} s windows of the largest Fisher z within +-{0.max_lag_s:g} s",
        unit="fisher_z",
        null="N1: the same around far lags of 30 s and more",
        n_required=25,
        n_counts="windows that do not overlap",
        not_claimed="that anyone caught a feeling from anyone",
    ),
    Definition(
        number=3,
        name="slope_concordance",
        concept="Empathic resonance cues",
        definition="log ratio of positive to negative correlation of activity slopes, i speaks, j listens",
        unit="log_ratio",
        null="N1: circular shifts of 30 s and more",
        n_required=300,
        n_counts="seconds with a valid correlation",
        not_claimed="empathy, compassion, understanding",
    ),
    Definition(
        number=4,
        name="configuration_alignment",
        concept="Affective alignment signals",
        definition="mean cosine between the two faces' action-unit vectors, above the same at far lags",
        unit="cosine",
        null="N1: circular shifts of 30 s and more",
        n_required=60,
        n_counts="seconds in which both faces move",
        not_claimed="the same feeling",
    ),
    Definition(
        number=5,
        name="response_pull",
        concept="Social mimicry pull",
        definition="log rate ratio of j's onsets within .2 to 4 s after one of i against the rest",
        unit="log_ratio",
        null="N2: j's onsets anywhere within their own 10 s",
        n_required=10,
        n_counts="onsets of j that chance alone puts after one of i",
        not_claimed="influence, charisma, dominance",
    ),
    Definition(
        number=6,
        name="coupling_loop",
        concept="Interpersonal synchronisation loop",
        definition="geometric mean of both Granger gains at 5 Hz, lags .2 to 1 s, above their nulls",
        unit="nats",
        null="N1: circular shifts of 30 s and more",
        n_required=120,
        n_counts="seconds in which both are measurable",
        not_claimed="causation",
    ),
    Definition(
        number=7,
        name="rapport_triad",
        concept="Nonverbal rapport mechanism",
        definition="geometric mean of mutual facing, joint smiling, synchrony, each as its rank under chance",
        unit="rank",
        null="N1: all three at the same far offset",
        n_required=25,
        n_counts="windows that do not overlap",
        not_claimed="felt rapport, liking, quality of a relationship",
    ),
    Definition(
        number=8,
        name="selective_mirroring",
        concept="Implicit affiliation readout",
        definition="log rate ratio of answered smiles minus that of brow, nose and lip movements",
        unit="log_ratio",
        null="N2: one person's onsets anywhere within their own 10 s",
        n_required=20,
        n_counts="onsets that chance alone puts after one of the other, both kinds",
        not_claimed="liking",
    ),
    Definition(
        number=9,
        name="low_intensity_response",
        concept="Subconscious expression modelling",
        definition="cross-validated gain in R2 from i's last 2 s while j's own face is nearly still",
        unit="r2_gain",
        null="N1: circular shifts of 30 s and more",
        n_required=300,
        n_counts="seconds of low intensity",
        not_claimed="subconscious, unconscious or hidden feelings",
    ),
    Definition(
        number=10,
        name="behavioural_phase_locking",
        concept="Conversational neuroentrainment",
        definition="bias-free phase locking (PPC) of head and jaw motion at .2 to 1.1 Hz, 60 s windows",
        unit="ppc",
        null="N1: circular shifts of 30 s and more",
        n_required=20,
        n_counts="independent cycles",
        not_claimed="anything about brains or nerves",
    ),
    Definition(
        number=11,
        name="group_phase_coherence",
        concept="Group dynamics, cohesion",
        definition="cluster-phase rho of everybody's activity at .1 to 1 Hz, (rho - chance) / (1 - chance)",
        unit="rho",
        null="N1: independent circular shifts of everybody",
        n_required=54,
        n_counts="independent cycles",
        not_claimed="quality or performance of a team",
    ),
    Definition(
        number=12,
        name="expressivity_calibration",
        concept="Display-rule calibration",
        definition="a person's own gain against the site's usual one, removed before everything else",
        unit="gain",
        null="none: 1 is the usual gain",
        n_required=20,
        n_counts="seconds of calibration",
        not_claimed="culture, origin, gender, health",
        tested=False,
    ),
    Definition(
        number=13,
        name="following_asymmetry",
        concept="Approval and belonging seeking",
        definition="difference of both directed log rate ratios over its standard error; > 0: i follows j",
        unit="z",
        null="N2: one person's onsets anywhere within their own 10 s",
        n_required=20,
        n_counts="onsets that chance alone puts after one of the other, both ways",
        not_claimed="approval seeking, insecurity, status",
        signed=True,
    ),
    Definition(
        number=14,
        name="response_timeliness",
        concept="Trustworthiness via timely mimicry",
        definition="mean weight of j's answers to i's smiles by delay, best at .7 s, above jittered ones",
        unit="weight",
        null="N2: j's onsets jittered by up to 5 s",
        n_required=10,
        n_counts="smile onsets of i",
        not_claimed="that a person can be trusted",
    ),
    Definition(
        number=15,
        name="mimicry_index",
        concept="one number for the room",
        definition="rank of all pairs' synchrony beyond shared moments under its null; .5 is chance",
        unit="rank",
        null="N1 far lags while the others do not smile; random signs of who moves first",
        n_required=25,
        n_counts="windows that do not overlap, mean over pairs",
        not_claimed="mood, quality or success of a meeting",
    ),
)
BY_NAME = {definition.name: definition for definition in TABLE}


def enabled(names: Sequence[str]) -> frozenset[str]:
    """Check names of measures; none asked for means all."""
    for name in names:
        if name not in BY_NAME:
            raise MeasureError(f"expected one of {', '.join(BY_NAME)}, got {name!r} at measures.enabled")
    return frozenset(names or BY_NAME)
