"""What a change of monitors would do to the people on call: two sides, BASE and HEAD, compared. Functions of values: who reads the sides hands them in.

    result = review(Side("main", things), Side("HEAD", things), ReviewOptions())      # a Review
    result.changes                                             # a Change for each monitor that is new, removed, renamed, changed or affected
    objections(result, conditions(["error", "noisier=20"]))  # what --fail-on objects to, in sentences

Monitors are paired by id, resource address, file, then name (`pairing`). What formats print is in `model`; headlines are in `headline`.
"""
