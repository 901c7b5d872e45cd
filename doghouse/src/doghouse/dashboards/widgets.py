"""Whether widgets are what they say they are, in the words of Datadog's own schema check (a Python library's; terraform-provider-datadog issues 1753, 2243)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from doghouse import errors
from doghouse.dashboards import shapes
from doghouse.dashboards.shapes import SHAPES, Shape

Object = Mapping[str, Any]


class Wrong(Exception):
    """What is wrong with a part of a widget."""


def check(widgets: Any, *, layout_needed: bool) -> None:
    """Raise ApiError 400 that names the first wrong widget. `layout_needed`: the dashboard is free, or its widgets do not reflow."""
    for place, widget in enumerate(_list(widgets, "widgets")):
        try:
            _widget(widget, layout_needed=layout_needed)
        except Wrong as wrong:
            raise errors.invalid_widget(place, str(wrong)) from None
        try:
            _definition(widget["definition"])
        except Wrong as wrong:
            raise errors.invalid_widget_definition(place, widget["definition"]["type"], str(wrong)) from None


def _list(value: Any, name: str) -> Sequence[Any]:
    if not isinstance(value, list):
        raise errors.invalid_body(f"'{name}' must be a list")
    return value


def _widget(widget: Any, *, layout_needed: bool) -> None:
    """All of a widget but what its definition holds."""
    _require(_object(widget), ("definition",))
    definition = _object(widget["definition"])
    _require(definition, ("type",))
    _known(definition["type"])
    layout = widget.get("layout")
    if layout is None and layout_needed:
        raise Wrong("'layout' is a required property")
    if layout is not None:
        _layout(_object(layout))


def _layout(layout: Object) -> None:
    sides = ("x", "y", "width", "height")
    _require(layout, sides)
    for side in sides:
        value = layout[side]
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise Wrong(f"layout.{side}: {value!r} is not a number from 0")


def _definition(definition: Object) -> None:
    shape = SHAPES[definition["type"]]
    _require(definition, shape.required)
    for name, allowed in {**shapes.EVERYWHERE, **shape.choices}.items():
        _choose(definition, name, allowed)
    if isinstance(definition.get("time"), dict):
        _time(definition["time"])
    _requests(definition, shape)
    for marker in _objects(definition, "markers"):
        _require(marker, ("value",))
    for event in _objects(definition, "events"):
        _require(event, ("q",))
    if definition["type"] == "group":
        _inner(definition["widgets"])
    if definition["type"] == "split_group":
        _source(definition["source_widget_definition"])


def _inner(widgets: Any) -> None:
    """The widgets of a group (recorded words: `Invalid inner widget definition at position 15 of type distribution. Error: …`)."""
    if not isinstance(widgets, list):
        raise Wrong("'widgets' must be a list")
    for place, widget in enumerate(widgets):
        try:
            _widget(widget, layout_needed=False)
        except Wrong as wrong:
            raise Wrong(f"Invalid inner widget at position {place}. Error: {wrong}") from None
        try:
            _definition(widget["definition"])
        except Wrong as wrong:
            kind = widget["definition"]["type"]
            raise Wrong(f"Invalid inner widget definition at position {place} of type {kind}. Error: {wrong}") from None


def _source(definition: Any) -> None:
    _require(_object(definition), ("type",))
    _known(definition["type"])
    _definition(definition)


def _known(kind: Any) -> None:
    if not isinstance(kind, str) or kind not in SHAPES:
        raise Wrong(f"{kind!r} is not one of {sorted(SHAPES)}")


def _requests(definition: Object, shape: Shape) -> None:
    requests = definition.get("requests")
    if shape.requests == "object" and not isinstance(requests, dict):
        raise Wrong(f"{requests!r} is not of type 'object'")
    if shape.requests in ("some", "any"):
        if not isinstance(requests, list):
            raise Wrong(f"{requests!r} is not of type 'array'")
        if shape.requests == "some" and not requests:
            raise Wrong("[] is too short")
        for request in requests:
            _request(_object(request))
            for name, allowed in shape.each.items():
                _choose(request, name, allowed)
        if shape.asks and any(not shapes.ASKS & request.keys() for request in requests):
            raise Wrong(f"{requests!r} is not valid under any of the given schemas")


def _request(request: Object) -> None:
    for query in _objects(request, "queries"):
        _require(query, ("data_source",))
        if query["data_source"] == "metrics":
            _require(query, ("name", "query"))
            _choose(query, "aggregator", shapes.REDUCERS)
    for formula in _objects(request, "formulas"):
        _require(formula, ("formula",))
    for rule in _objects(request, "conditional_formats"):
        _require(rule, ("comparator", "value", "palette"))
        _choose(rule, "comparator", shapes.COMPARATORS)
        _choose(rule, "palette", shapes.PALETTES)
    for name, allowed in shapes.LINES.items():
        _choose(_object(request.get("style") or {}), name, allowed)


def _time(time: Object) -> None:
    """Legacy (`live_span`), live (`type: live`) or fixed; an empty object is the dashboard's own (recorded)."""
    _choose(time, "live_span", shapes.LIVE_SPANS)
    _choose(time, "type", ("live", "fixed"))
    if time.get("type") == "live":
        _require(time, ("value", "unit"))
        _choose(time, "unit", shapes.LIVE_UNITS)
    if time.get("type") == "fixed":
        _require(time, ("from", "to"))


def _objects(holder: Object, name: str) -> list[Object]:
    value = holder.get(name) or []
    if not isinstance(value, list):
        raise Wrong(f"{name}: {value!r} is not of type 'array'")
    return [_object(one) for one in value]


def _object(value: Any) -> Object:
    if not isinstance(value, dict):
        raise Wrong(f"{value!r} is not of type 'object'")
    return value


def _require(holder: Object, names: Sequence[str]) -> None:
    for name in names:
        if name not in holder:
            raise Wrong(f"{name!r} is a required property")


def _choose(holder: Object, name: str, allowed: Sequence[str]) -> None:
    value = holder.get(name)
    if value is not None and value not in allowed:
        raise Wrong(f"{name}: {value!r} is not one of {list(allowed)}")
