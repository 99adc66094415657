"""Why a person's leading channel, AU12, has no value in a frame."""

import math

from edge.arrays import Floats
from edge.expression.channels import INDEX
from edge.missing import Missing
from edge.records import Expression

MIN_CANTHUS_PX = 35.0  # below it only head motion is measurable
MIN_PRESENCE = 0.5
LEAD = INDEX["AU12"]


def dim(canthus_px: float, presence: float) -> bool:
    """Whether a face shows too little for any channel."""
    return canthus_px < MIN_CANTHUS_PX or presence < MIN_PRESENCE


def reason(sample: Expression, limits_rad: Floats) -> Missing | None:
    """Give the first reason that holds, given the limits of the pose [2, C]."""
    if math.isfinite(sample.raw[LEAD]):
        if not sample.confirmed:
            return "unconfirmed"
        return None if math.isfinite(sample.x[LEAD]) else "warm_up"
    if sample.canthus_px < MIN_CANTHUS_PX:
        return "small"
    if sample.presence < MIN_PRESENCE:
        return "not_seen"
    yaw_rad, pitch_rad, _ = sample.pose_rad
    max_yaw_rad, max_pitch_rad = limits_rad[:, LEAD]
    if abs(yaw_rad) > max_yaw_rad or pitch_rad > max_pitch_rad:
        return "turned"
    return "down" if pitch_rad < -max_pitch_rad else "not_seen"
