"""A hop of three people with measures of every level, and the door that it passes."""

import numpy as np

from edge.config.sections import PrivacySection
from edge.privacy import Door
from edge.records import CHANNELS, Expression, Measure, Movement, Null, Report


def measured(name, subject, value=0.5, state="above", lag_s=0.5):
    """Return a measure of a subject that has been under way from .5 to .75 s."""
    return Measure(
        name=name,
        subject=subject,
        t_ns=1,
        value=value,
        unit="u",
        null=Null(mu=0.3, sd=0.1),
        n=9.0,
        state=state,
        evidence=3.5,
        span_ns=(500_000_000, 750_000_000),
        lag_s=lag_s,
    )


def report(t_s=12.34567, people=(3, 5, 7), **more):
    """Return one hop of three people, of whom 3 leads 7, and one measure of every level."""
    t_ns = round(t_s * 1e9)
    given = {
        "expressions": tuple(
            Expression(
                t_ns=t_ns,
                index=0,
                person=person,
                raw=np.zeros(len(CHANNELS)),
                x=np.full(len(CHANNELS), 0.5),
                pose_rad=(0.0, 0.0, 0.0),
                canthus_px=50.0,
                presence=1.0,
                box_px=(0.0, 0.0, 1.0, 1.0),
            )
            for person in (*people, 99)
        ),
        "events": (
            Movement(
                person=3,
                channel="AU12",
                onset_ns=t_ns - 300,
                apex_ns=t_ns - 200,
                offset_ns=t_ns - 100,
                amplitude=4.0,
            ),
        ),
        "measures": (
            measured("expression_synchrony", (3, 7)),
            measured("expression_synchrony", (3, 5), state="at_chance"),
            measured("expression_synchrony", (5, 7), state="below"),
            measured("expression_synchrony", ()),
            measured("response_pull", (7, 3)),
            measured("expressivity_calibration", (5,)),
            measured("mimicry_index", ()),
        ),
    }
    return Report(t_ns=t_ns, people=people, **({"present": people} | given | more))


class Mute:
    """A switch that the door asks at each message."""

    on = False


def door(profile, *, consent=False, summary_s=60.0, mute=Mute, **more):
    """Return a door of a profile, with or without a booking that has consent."""
    rules = PrivacySection(profile=profile, **more)
    return Door(rules, muted=lambda: mute.on, consent=lambda: consent, summary_s=summary_s)


def said(messages):
    """Return the messages by kind."""
    found = {}
    for message in messages:
        found.setdefault(message.kind, []).append(message)
    return found
