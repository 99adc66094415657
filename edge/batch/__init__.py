"""Many recordings: which there are, where the results of each go, the processes that share the work."""

from edge.batch.cluster import Cluster, spread
from edge.batch.recordings import Recording, found

__all__ = ["Cluster", "Recording", "found", "spread"]
