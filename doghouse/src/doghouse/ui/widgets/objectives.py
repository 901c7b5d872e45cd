"""The widgets of SLOs: how one stands in each of the widget's time windows (dashboards/widgets/slo), and those that a search finds (slo_list)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from doghouse.dashboards.board import Widget
from doghouse.queries.beyond.templated import substituted
from doghouse.slos import budget
from doghouse.slos.api.access import NOTHING, Slos, Status, status
from doghouse.slos.api.search_routes import predicate
from doghouse.slos.model import TIMEFRAMES, Objective, Threshold
from doghouse.time.lengths import MINUTE
from doghouse.ui.pages.budgets import WORDS
from doghouse.ui.widgets.graphs import WidgetView
from doghouse.ui.widgets.lines import chosen
from doghouse.web.errors import ApiError

GLOBAL = "global_time"  # the window of the whole page
COMPONENT = "component"  # of `view_mode`: the groups or monitors without the whole
BY_PART = (COMPONENT, "both")
MOST_ROWS = 100  # the default of slo_list too (dashboards/widgets/slo_list)
# GUESS: the columns' names are those of the search of SLOs
SORTS = {"status.sli": "sli", "status.error_budget_remaining": "remaining"}


class Objectives(Struct, frozen=True):
    """The widgets over the SLOs."""

    slos: Slos

    def objective(self, widget: Widget, asked: WidgetView) -> dict[str, Any]:
        """JSON for js/widgets/slo.mjs: a row a time window, and for each of its groups or monitors where the widget shows them."""
        answer: dict[str, Any] = {"id": widget.id, "name": "", "href": "", "rows": [], "problems": []}
        slo_id = str(widget.definition.get("slo_id", ""))
        objective = self.slos.store.objective(slo_id)
        if objective is None:
            return answer | {"problems": [_problem(f"there is no SLO '{slo_id}'")]}
        timeframes = widget.definition.get("time_windows")
        names = (
            [str(timeframe) for timeframe in timeframes]
            if isinstance(timeframes, list) and timeframes
            else [objective.primary.timeframe]
        )
        mode = str(widget.definition.get("view_mode", "overall"))
        rows = [row for name in names for row in self._rows(objective, name, asked, mode)]
        if len(rows) > MOST_ROWS:
            answer["problems"] = [_problem(f"{len(rows)} rows, of which the first {MOST_ROWS} are shown")]
        return answer | {"name": objective.name, "href": f"/slo/manage#{objective.id}", "rows": rows[:MOST_ROWS]}

    def matching(self, widget: Widget, asked: WidgetView) -> dict[str, Any]:
        """JSON for js/widgets/slo-list.mjs: the SLOs that the widget's search finds, each over its primary timeframe, with variables put in."""
        query = _query(widget)
        answer: dict[str, Any] = {"id": widget.id, "rows": [], "problems": []}
        try:
            matches = predicate(substituted(str(query.get("query_string") or ""), chosen(asked.selected)))
        except ApiError as error:
            return answer | {"problems": [_problem(str(error.errors[0]))]}
        matching = [self.slos.objective(document["id"]) for document in self.slos.store.all() if matches(document)]
        rows = [self._named(objective, asked) for objective in matching]
        limit = query.get("limit")
        most = limit if isinstance(limit, int) and 0 < limit < MOST_ROWS else MOST_ROWS
        return answer | {"rows": _sorted(rows, query)[:most], "problems": [] if rows else [_problem("no SLO matches")]}

    def _named(self, objective: Objective, asked: WidgetView) -> dict[str, Any]:
        (row,) = self._rows(objective, objective.primary.timeframe, asked, "overall")
        return {**row, "name": objective.name, "href": f"/slo/manage#{objective.id}"}

    def _rows(self, objective: Objective, name: str, asked: WidgetView, mode: str) -> Iterator[dict[str, Any]]:
        """A time window: a row for the whole, and for each group or monitor by `view_mode`. GUESS: what has neither is shown as a whole.

        GUESS: a window that is no timeframe of the SLO is held to the target of its primary one; days begin at midnight UTC.
        """
        threshold = objective.threshold(name) or objective.primary
        try:
            start, end = window(name, asked)
            measured = self.slos.measured(objective, start, end)
        except (KeyError, ApiError) as error:
            why = str(error.errors[0]) if isinstance(error, ApiError) else "doghouse does not know this time window"
            yield _row(name, "", threshold, NOTHING, why)
            return
        parts = measured.rows if mode in BY_PART else {}
        if mode != COMPONENT or not parts:
            yield _row(name, "", threshold, status(objective, measured.overall, threshold, end - start))
        for part, tally in parts.items():
            yield _row(name, part, threshold, status(objective, tally, threshold, end - start))


def _query(widget: Widget) -> dict[str, Any]:
    """What a list asks: the `query` of its one request."""
    requests = widget.definition.get("requests")
    first = requests[0] if isinstance(requests, list) and requests else None
    query = first.get("query") if isinstance(first, dict) else None
    return query if isinstance(query, dict) else {}


def _sorted(rows: list[dict[str, Any]], query: dict[str, Any]) -> list[dict[str, Any]]:
    """In the order of the first column to sort by; by creation where it names none that is known. Those without a value are last."""
    sorts = query.get("sort")
    first = sorts[0] if isinstance(sorts, list) and sorts and isinstance(sorts[0], dict) else {}
    key = SORTS.get(str(first.get("column")))
    if key is None:
        return rows
    sign = -1 if first.get("order") == "desc" else 1
    return sorted(rows, key=lambda row: (row[key] is None, sign * float(row[key] or 0)))


def _row(window: str, part: str, threshold: Threshold, stands: Status, why: str = "") -> dict[str, Any]:
    word, state = WORDS[stands.state]
    return {
        "window": window.replace("_", " "),
        "part": part,
        "target": f"{threshold.target:g}",
        "state": state,
        "word": word,
        "sli": None if stands.sli is None else budget.printed(stands.sli, stands.decimals),
        "remaining": None if stands.remaining is None else budget.printed(stands.remaining, 2),
        "left": stands.raw,
        "why": why,
    }


def window(name: str, asked: WidgetView) -> tuple[int, int]:
    """A time window of the widget as start and end (s UTC, full minutes). Raises KeyError for one that is not known."""
    end = int(asked.now) // MINUTE * MINUTE
    if name in TIMEFRAMES:
        return end - TIMEFRAMES[name], end
    if name == GLOBAL:
        return asked.frame.start // MINUTE * MINUTE, asked.frame.end // MINUTE * MINUTE
    today = datetime.fromtimestamp(end, UTC).replace(hour=0, minute=0, second=0)
    week, month = today - timedelta(days=today.weekday()), today.replace(day=1)
    begins = {
        "week_to_date": (week, None),
        "previous_week": (week - timedelta(days=7), week),
        "month_to_date": (month, None),
        "previous_month": ((month - timedelta(days=1)).replace(day=1), month),
    }
    first, last = begins[name]
    return int(first.timestamp()), end if last is None else int(last.timestamp())


def _problem(text: str) -> dict[str, Any]:
    return {"kind": "empty", "text": text, "query": "", "position": None}
