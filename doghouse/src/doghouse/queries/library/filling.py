"""Values where there are none (dashboards/functions/interpolation): default_zero and default."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from doghouse.metrics.model import Ints
from doghouse.queries.frames import Frame
from doghouse.queries.interpolation import interpolate


def default_value(frame: Frame, buckets: Ints, value: float, *, grouped: bool) -> Frame:
    """A value in every bucket of the window: its own, else an interpolated one where the query interpolates, else `value`.

    A query without groups gets a series even where it found none. GUESS: with groups it gets none, as none are known.
    """
    if not frame.groups:
        if grouped:
            return frame
        values = np.full((1, len(buckets)), value)
        return replace(frame, ts=buckets, values=values, points=np.ones(values.shape, np.bool_), groups=((),))
    wide = frame.on(np.union1d(frame.ts, buckets))
    values = interpolate(wide.values, wide.ts, wide.fill)
    values = np.where(np.isnan(values), value, values)
    return replace(wide, values=values, points=np.ones(values.shape, np.bool_))
