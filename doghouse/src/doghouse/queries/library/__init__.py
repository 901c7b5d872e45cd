"""What functions do to frames (dashboards/functions), by chapters of the documentation. (`functions` is the name of a helper of this package.)"""

from doghouse.queries.library.table import FRAME_FUNCTIONS

__all__ = ["FRAME_FUNCTIONS"]
