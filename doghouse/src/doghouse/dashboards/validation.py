"""Whether a body is a dashboard: what Datadog refuses, in its words where they are known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from doghouse.dashboards import checks
from doghouse.dashboards.errors import (
    default_and_defaults,
    empty_default,
    invalid_dashboard_tag,
    no_preset_values,
    reflow_of_free_layout,
    too_many,
    value_and_values,
)
from doghouse.web import errors

LAYOUTS = ("ordered", "free")
REFLOWS = ("auto", "fixed")
MOST_TAGS, MOST_TABS = 5, 100  # the schema's


def check(body: Any) -> None:
    """Raise ApiError 400 that names the field, unless the body is a dashboard.

    Variables come before the title: recorded bodies with an empty title are refused for their variables.
    """
    if not isinstance(body, dict):
        raise errors.invalid_body("expected a JSON object")
    for number, variable in enumerate(_objects(body, "template_variables")):
        _variable(variable, f"template_variables[{number}]")
    for number, preset in enumerate(_objects(body, "template_variable_presets")):
        for index, value in enumerate(_objects(preset, "template_variables")):
            _preset_value(value, f"template_variable_presets[{number}].template_variables[{index}]")
    for number, tag in enumerate(_texts(body, "tags", MOST_TAGS)):
        if not tag.startswith("team:"):
            raise invalid_dashboard_tag().at(f"tags[{number}]")
    _keys(body)
    checks.check(body["widgets"], layouts=layouts(body["layout_type"], body.get("reflow_type")))


def layouts(layout_type: str, reflow_type: str | None) -> checks.Layouts:
    """Where the widgets of a board of these types stand."""
    if layout_type == "free":
        return "free"
    return "grid" if reflow_type == "fixed" else "any"


def _keys(body: dict[str, Any]) -> None:
    for key in ("title", "widgets", "layout_type"):
        if body.get(key) is None:
            raise errors.missing_parameter(key).at(key)
    if not isinstance(body["title"], str):
        raise errors.wrong_type("title", "a text").at("title")
    _one_of(body, "layout_type", LAYOUTS)
    _one_of(body, "reflow_type", REFLOWS)
    if body.get("reflow_type") is not None and body["layout_type"] == "free":
        raise reflow_of_free_layout().at("reflow_type")
    if not isinstance(body.get("description"), str | None):
        raise errors.wrong_type("description", "a text").at("description")
    _texts(body, "notify_list", None)
    for tab in list(_objects(body, "tabs"))[: MOST_TABS + 1]:
        if not isinstance(tab.get("name"), str) or not isinstance(tab.get("widget_ids"), list):
            raise errors.invalid_body("each of 'tabs' must have a name and a list of widget_ids").at("tabs")


def _variable(variable: dict[str, Any], place: str) -> None:
    if not isinstance(variable.get("name"), str):
        raise errors.invalid_body("each of 'template_variables' must have a name").at(place)
    if variable.get("default") is not None and variable.get("defaults") is not None:
        raise default_and_defaults().at(f"{place}.defaults")
    if "" in _texts(variable, "defaults", None):
        raise empty_default().at(f"{place}.defaults")


def _preset_value(value: dict[str, Any], place: str) -> None:
    if not isinstance(value.get("name"), str | None):
        raise errors.wrong_type("template_variable_presets.template_variables.name", "a text").at(f"{place}.name")
    if value.get("value") is not None and value.get("values") is not None:
        raise value_and_values(value).at(f"{place}.values")
    if value.get("values") == []:
        raise no_preset_values().at(f"{place}.values")


def _objects(holder: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    value = holder.get(name)
    if value is None:
        return
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise errors.wrong_type(name, "a list of objects").at(name)
    yield from value


def _texts(holder: dict[str, Any], name: str, most: int | None) -> Sequence[str]:
    value = holder.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise errors.wrong_type(name, "a list of texts").at(name)
    if most is not None and len(value) > most:
        raise too_many(name, most).at(name)
    return value


def _one_of(body: dict[str, Any], name: str, allowed: Sequence[str]) -> None:
    if body.get(name) is not None and body[name] not in allowed:
        raise errors.invalid_parameter(name, body[name], allowed).at(name)
