from .__about__ import __version__
from .check import MyMetricCheck

__all__ = ["MyMetricCheck", "__version__"]
