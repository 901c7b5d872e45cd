"""Query functions, a file for each family of Datadog's documentation (dashboards/functions).

To add a function, write it in its family's file, with what is to be known of it:

    @function(ARITHMETIC, "abs", "absolute value", pointwise=True, on_numbers=True)
    def absolute(frame: Frame) -> Frame: ...

Parser, completion, lint, evaluation, units and coverage find it in the `catalogue`. A new family is a new file here; every file of this folder is read.
"""

from doghouse.queries.functions.arguments import Parameter
from doghouse.queries.functions.registry import Family, Function, catalogue, function

__all__ = ["Family", "Function", "Parameter", "catalogue", "function"]
