"""Queries of what is no metric: logs, events, spans and SLOs, as the v2 API and widgets ask for them (schema: EventsScalarQuery, SloQuery).

reading.expression(body)                                 # the query as a leaf of formulas; ApiError 400
source.Everything(points, records, slos).over(window)    # a source that answers it beside metrics
"""
