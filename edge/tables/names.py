"""Names and ranges of the columns of a table."""

from edge.records import CHANNELS

REQUIRED = ("t_s", "person")
BOX = ("x_px", "y_px", "w_px", "h_px")
POSE = ("yaw_deg", "pitch_deg", "roll_deg")
SEEN = (*BOX, "presence", *POSE)
RECORDING = "recording"  # which of several recordings of one meeting, from 1
CONTEXT = (RECORDING, *SEEN)
HEADER = ("t_s", "frame", "person", *SEEN, *CHANNELS)
NOT_CHANNELS = {"t_s", "frame", "person", *CONTEXT}
# nanoseconds and numbers fit 64 bits with room
LARGEST = {"t_s": 4e9, "frame": 2**53, "person": 2**31}
LARGEST_VALUE = 1e30  # squares and their sums stay finite
