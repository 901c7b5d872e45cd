"""Whether widgets are what they say they are, in the words of Datadog's own schema check (a Python library's; terraform-provider-datadog issues 1753, 2243)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from doghouse.dashboards import vocabulary
from doghouse.dashboards.errors import invalid_widget
from doghouse.dashboards.registry import WidgetType, widget_types
from doghouse.web import errors

Object = Mapping[str, Any]
# Where widgets stand: anywhere (a free board), on the twelve columns of one that does not reflow, or where the page puts them.
Layouts = Literal["free", "grid", "any"]
SIDES = ("x", "y", "width", "height")
GRID_COLUMNS = 12


class Wrong(Exception):
    """What is wrong with a part of a widget."""


class Fault(Struct, frozen=True):
    """What is wrong with one widget: `part` names it and what of it as Datadog does, `field` is the path from the widget on."""

    place: int
    part: str
    reason: str
    field: str = ""


def check(widgets: Any, *, layouts: Layouts) -> None:
    """Raise ApiError 400 that names the first wrong widget."""
    if not isinstance(widgets, list):
        raise errors.invalid_body("'widgets' must be a list").at("widgets")
    for fault in faults(widgets, layouts=layouts):
        raise invalid_widget(fault.part, fault.reason).at(f"widgets[{fault.place}]{fault.field}")


def faults(widgets: Sequence[Any], *, layouts: Layouts) -> Iterator[Fault]:
    """What is wrong with each of these widgets."""
    for place, widget in enumerate(widgets):
        part, field = f"widget at position {place}", ""
        try:
            _widget(widget, layouts)
            name = widget["definition"]["type"]
            part = f"widget at position {place} of type {name}"
            if layouts == "grid":
                _on_grid(widget["layout"])
            part, field = f"widget definition at position {place} of type {name}", ".definition"
            check_definition(widget["definition"])
        except Wrong as wrong:
            yield Fault(place, part, str(wrong), field)


def _widget(widget: Any, layouts: Layouts) -> None:
    """All of a widget but what its definition holds, and its place on a grid."""
    _require(mapping(widget), ("definition",))
    check_type(mapping(widget["definition"]))
    layout = widget.get("layout")
    if layout is None and layouts != "any":
        raise Wrong("'layout' is a required property")
    if layout is not None and layouts != "grid":
        _layout(mapping(layout), free=layouts == "free")


def _layout(layout: Object, *, free: bool) -> None:
    """GUESS: a widget of a free layout may stand left of or above the board's edge, as on boards that were exported from Datadog; the schema says 'should'."""
    _require(layout, SIDES)
    for side in SIDES:
        value = layout[side]
        if isinstance(value, bool) or not isinstance(value, int | float) or (value < 0 and not (free and side in "xy")):
            raise Wrong(f"layout.{side}: {value!r} is not a number from 0")


def _on_grid(layout: Any) -> None:
    """Datadog's words for what is missing and for what is too large (terraform-provider-datadog issue 3750; GUESS: too small, made like these)."""
    try:
        _require(mapping(layout), SIDES)
        for side in SIDES:
            value = layout[side]
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise Wrong(f"{value!r} is not of type 'integer'")
            if value < 0:
                raise Wrong(f"{value!r} is less than the minimum of 0")
            if side in ("x", "width") and value > GRID_COLUMNS:
                raise Wrong(f"{value!r} is greater than the maximum of {GRID_COLUMNS}")
    except Wrong as wrong:
        raise Wrong(f"MSL widget out of grid. {wrong}") from None


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
            for name, allowed in kind.request_choices.items():
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
    """Legacy (`live_span`), live (`type: live`), fixed or of the calendar; an empty object is the dashboard's own (recorded)."""
    _choose(time, "live_span", vocabulary.LIVE_SPANS)
    _choose(time, "type", ("live", "fixed", *vocabulary.CALENDAR_SPANS))
    offset = time.get("offset", 0)
    if isinstance(offset, bool) or not isinstance(offset, int) or offset < 0:
        raise Wrong(f"offset: {offset!r} is not a whole number from 0")
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
