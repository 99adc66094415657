"""Names and ranges of the columns of a table."""

from edge.records import CHANNELS

REQUIRED = ("t_s", "person")
BOX = ("x_px", "y_px", "w_px", "h_px")
POSE = ("yaw_deg", "pitch_deg", "roll_deg")
CONTEXT = (*BOX, "presence", *POSE)
HEADER = ("t_s", "frame", "person", *CONTEXT, *CHANNELS)
NOT_CHANNELS = {"t_s", "frame", "person", *CONTEXT}
LARGEST = {"t_s": 4e9, "frame": 2**53, "person": 2**31}  # nanoseconds and numbers fit 64 bits with room
LARGEST_VALUE = 1e30  # squares and their sums stay finite
