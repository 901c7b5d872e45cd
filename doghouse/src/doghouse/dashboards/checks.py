"""Whether widgets are what they say they are, in the words of Datadog's own schema check (a Python library's; terraform-provider-datadog issues 1753, 2243)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from doghouse.dashboards import vocabulary
from doghouse.dashboards.errors import invalid_widget, invalid_widget_definition
from doghouse.dashboards.registry import WidgetType, widget_types
from doghouse.web import errors

Object = Mapping[str, Any]


class Wrong(Exception):
    """What is wrong with a part of a widget."""


def check(widgets: Any, *, layout_needed: bool) -> None:
    """Raise ApiError 400 that names the first wrong widget. `layout_needed`: the dashboard is free, or its widgets do not reflow."""
    if not isinstance(widgets, list):
        raise errors.invalid_body("'widgets' must be a list").at("widgets")
    for place, name, reason in faults(widgets, layout_needed=layout_needed):
        if name is None:
            raise invalid_widget(place, reason).at(f"widgets[{place}]")
        raise invalid_widget_definition(place, name, reason).at(f"widgets[{place}].definition")


def faults(widgets: Sequence[Any], *, layout_needed: bool) -> Iterator[tuple[int, str | None, str]]:
    """What is wrong with each of these widgets: its place, its type where its definition is wrong (else None), and why."""
    for place, widget in enumerate(widgets):
        name = None
        try:
            _widget(widget, layout_needed=layout_needed)
            name = widget["definition"]["type"]
            check_definition(widget["definition"])
        except Wrong as wrong:
            yield place, name, str(wrong)


def _widget(widget: Any, *, layout_needed: bool) -> None:
    """All of a widget but what its definition holds."""
    _require(mapping(widget), ("definition",))
    check_type(mapping(widget["definition"]))
    layout = widget.get("layout")
    if layout is None and layout_needed:
        raise Wrong("'layout' is a required property")
    if layout is not None:
        _layout(mapping(layout))


def _layout(layout: Object) -> None:
    sides = ("x", "y", "width", "height")
    _require(layout, sides)
    for side in sides:
        value = layout[side]
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise Wrong(f"layout.{side}: {value!r} is not a number from 0")


def check_type(definition: Object) -> None:
    """Raise Wrong unless the definition names a type of widget that there is."""
    _require(definition, ("type",))
    name = definition["type"]
    if not isinstance(name, str) or name not in widget_types():
        raise Wrong(f"{name!r} is not one of {sorted(widget_types())}")


def check_definition(definition: Object) -> None:
    """Raise Wrong unless the definition, whose type is known, has what its type must have."""
    kind = widget_types()[definition["type"]]
    _require(definition, kind.required)
    for name, allowed in {**vocabulary.EVERYWHERE, **kind.choices}.items():
        _choose(definition, name, allowed)
    if isinstance(definition.get("time"), dict):
        _time(definition["time"])
    _requests(definition, kind)
    for marker in _objects(definition, "markers"):
        _require(marker, ("value",))
    for event in _objects(definition, "events"):
        _require(event, ("q",))
    if kind.inside:
        kind.inside(definition)


def _requests(definition: Object, kind: WidgetType) -> None:
    requests = definition.get("requests")
    if kind.requests == "object" and not isinstance(requests, dict):
        raise Wrong(f"{requests!r} is not of type 'object'")
    if kind.requests in ("some", "any"):
        if not isinstance(requests, list):
            raise Wrong(f"{requests!r} is not of type 'array'")
        if kind.requests == "some" and not requests:
            raise Wrong("[] is too short")
        for request in requests:
            _request(mapping(request))
            for name, allowed in kind.each.items():
                _choose(request, name, allowed)
        if kind.asks and any(not vocabulary.ASKS & request.keys() for request in requests):
            raise Wrong(f"{requests!r} is not valid under any of the given schemas")


def _request(request: Object) -> None:
    for query in _objects(request, "queries"):
        _require(query, ("data_source",))
        if query["data_source"] == "metrics":
            _require(query, ("name", "query"))
            _choose(query, "aggregator", vocabulary.REDUCERS)
    for formula in _objects(request, "formulas"):
        _require(formula, ("formula",))
    for rule in _objects(request, "conditional_formats"):
        _require(rule, ("comparator", "value", "palette"))
        _choose(rule, "comparator", vocabulary.COMPARATORS)
        _choose(rule, "palette", vocabulary.PALETTES)
    for name, allowed in vocabulary.LINES.items():
        _choose(mapping(request.get("style") or {}), name, allowed)


def _time(time: Object) -> None:
    """Legacy (`live_span`), live (`type: live`) or fixed; an empty object is the dashboard's own (recorded)."""
    _choose(time, "live_span", vocabulary.LIVE_SPANS)
    _choose(time, "type", ("live", "fixed"))
    if time.get("type") == "live":
        _require(time, ("value", "unit"))
        _choose(time, "unit", vocabulary.LIVE_UNITS)
    if time.get("type") == "fixed":
        _require(time, ("from", "to"))


def _objects(holder: Object, name: str) -> list[Object]:
    value = holder.get(name) or []
    if not isinstance(value, list):
        raise Wrong(f"{name}: {value!r} is not of type 'array'")
    return [mapping(item) for item in value]


def mapping(value: Any) -> Object:
    """The value, which must be an object. Raises Wrong."""
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
