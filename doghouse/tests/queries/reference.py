"""A second evaluator of queries: plain loops over raw points, slow and meant to be read, which shares nothing with the engine but the syntax tree.

It was written from SEMANTICS (sections 1 to 3) and the documentation's pages, so that the engine can be compared with it on random points.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from doghouse.queries.language import tree

LADDER = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
BEFORE = {"hour_before": -3600, "day_before": -86400, "week_before": -604800, "month_before": -28 * 86400}

Value = float | None
Line = dict[int, Value]  # a bucket's start and its value; a bucket that is absent has no point
Group = tuple[tuple[str, str], ...]
Bucket = Callable[[int], int]  # the start of the bucket that holds a time


@dataclass
class Context:
    """A series: its effective tags and its points (s, value)."""

    metric: str
    kind: str
    tags: tuple[str, ...]
    points: dict[int, float]
    interval: int = 0


@dataclass
class Lines:
    """What an expression is worth: a line a group. `counts`: an absent bucket is 0 to arithmetic. `fill`: what default_zero interpolates by."""

    groups: dict[Group, Line]
    width: Callable[[int], int]
    interval: int
    counts: bool = False
    fill: tuple[str, int] = ("null", 0)
    buckets: list[int] = field(default_factory=list)  # every bucket of the window


@dataclass
class Window:
    """Where to evaluate: buckets start in [start, end), points are read `shift` seconds later."""

    contexts: list[Context]
    start: int
    end: int
    span: int
    interval: int
    monitor: bool = False
    shift: int = 0
    nested: bool = False


class Unknown(Exception):
    """What this evaluator does not do."""


def evaluate(
    expression: tree.Expression, contexts: list[Context], start: int, end: int, interval: int | None, monitor: bool
) -> dict[frozenset[tuple[str, str]], Line]:
    """The points of each group, by its tags."""
    default = interval or next((one for one in LADDER if (end - start) / one < 300), 86400)
    found = worth(expression, Window(contexts, start, end, end - start, default, monitor))
    if isinstance(found, float):
        raise Unknown("a number")
    return {frozenset(group): line for group, line in found.groups.items() if line}


def worth(expression: tree.Expression, window: Window) -> Lines | float:
    inside = Window(**{**vars(window), "nested": True})
    match expression:
        case tree.MetricQuery():
            return metric_query(expression, window, None)
        case tree.Number(value):
            return value
        case tree.Negative(operand):
            return each(worth(operand, inside), lambda value: -value)
        case tree.Modified(operand, modifiers):
            return worth(hand_down(operand, modifiers), window)
        case tree.Arithmetic(operator, left, right):
            return arithmetic(operator, worth(left, inside), worth(right, inside))
        case tree.Call():
            return call(expression, inside)
    raise Unknown(type(expression).__name__)


def hand_down(expression: tree.Expression, modifiers: tuple[tree.Modifier, ...]) -> tree.Expression:
    match expression:
        case tree.MetricQuery(aggregator, metric, scope, by, own):
            return tree.MetricQuery(aggregator, metric, scope, by, own + modifiers)
        case tree.Arithmetic(operator, left, right):
            return tree.Arithmetic(operator, hand_down(left, modifiers), hand_down(right, modifiers))
        case tree.Negative(operand):
            return tree.Negative(hand_down(operand, modifiers))
        case tree.Call(function, (first, *rest), named):
            return tree.Call(function, (hand_down(first, modifiers), *rest), named)  # type: ignore[arg-type]
    return expression


# --- one metric query -------------------------------------------------------------------------------------------------


def in_scope(scope: tree.Scope, tags: tuple[str, ...]) -> bool:
    match scope:
        case tree.Everything() | tree.Variable():
            return True
        case tree.Tag(key, value):
            wanted = re.compile("".join(".*" if sign == "*" else re.escape(sign) for sign in value))
            pairs = [tag.split(":", 1) if ":" in tag else ["", tag] for tag in tags]
            return any(one == key and wanted.fullmatch(other) for one, other in pairs)
        case tree.Among(key, values):
            return any(in_scope(tree.Tag(key, value), tags) for value in values)
        case tree.Not(operand):
            return not in_scope(operand, tags)
        case tree.AllOf(operands):
            return all(in_scope(one, tags) for one in operands)
        case tree.AnyOf(operands):
            return any(in_scope(one, tags) for one in operands)
    raise Unknown("scope")


def groups_of(context: Context, keys: tuple[str, ...]) -> list[Group]:
    groups: list[Group] = [()]
    for key in keys:
        held = [tag.split(":", 1)[1] for tag in context.tags if tag.startswith(f"{key}:")] or ["N/A"]
        groups = [(*group, (key, value)) for group in groups for value in held]
    return groups


def reduce(method: str, values: list[float]) -> float:
    """Values in the order of time as one."""
    match method:
        case "avg":
            return sum(values) / len(values)
        case "sum":
            return sum(values)
        case "min":
            return min(values)
        case "max":
            return max(values)
        case "count":
            return float(len(values))
        case "last":
            return values[-1]
    raise Unknown(method)


def calendar_start(t: int, unit: str, hour: int, weekday: int, zone: str) -> int:
    local = datetime.fromtimestamp(t, UTC).astimezone(ZoneInfo(zone))
    day = (local - timedelta(hours=hour)).date() if unit == "daily" else local.date()
    for back in range(32):
        one = day - timedelta(days=back)
        begins = (
            unit == "daily" or (unit == "weekly" and one.weekday() == weekday) or (unit == "monthly" and one.day == 1)
        )
        start = int(datetime(one.year, one.month, one.day, hour, tzinfo=ZoneInfo(zone)).timestamp())
        if begins and start <= t:
            return start
    raise AssertionError


@dataclass
class Asked:
    """What a query's modifiers ask for."""

    method: str | None = None
    interval: int | None = None
    calendar: tuple[str, int, int, str] | None = None
    unit: str = "raw"
    fill: tuple[str, int] | None = None


def asked(modifiers: tuple[tree.Modifier, ...], window: Window) -> Asked:
    found = Asked()
    for modifier in modifiers:
        given = [one.value for one in modifier.arguments]
        match modifier.name:
            case "as_count" | "as_rate":
                found.unit = modifier.name
            case "fill":
                limit = int(given[1]) if len(given) > 1 else 300
                found.fill = ("zero", limit) if given[0] == 0 else (str(given[0]), limit)
            case "rollup":
                found.method, found.interval, found.calendar = str(given[0]), None, None
                if len(given) > 1 and isinstance(given[1], float):
                    found.interval = raised(int(given[1]), window)
                elif len(given) > 1:
                    found.calendar = calendar(str(given[1]), [str(one) for one in given[2:]])
            case _:
                raise Unknown(modifier.name)
    return found


def calendar(unit: str, rest: list[str]) -> tuple[str, int, int, str]:
    hour, weekday, zone = 0, 6, "UTC"
    for one in rest:
        if "/" in one:
            zone = one
        elif one.endswith("am"):
            hour = int(one[:-2]) % 12
        else:
            weekday = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].index(one)
    return unit, hour, weekday, zone


def raised(interval: int, window: Window) -> int:
    """A rollup's interval, so that there are at most 1,500 points (not in monitors)."""
    if window.monitor or window.span / interval <= 1500:
        return interval
    return next(one for one in LADDER if one > interval and window.span / one <= 1500)


def metric_query(query: tree.MetricQuery, window: Window, per_series: str | None) -> Lines:
    wanted = asked(query.modifiers, window)
    interval = wanted.interval or window.interval
    bucket: Bucket = lambda t: t // interval * interval  # noqa: E731
    width: Callable[[int], int] = lambda _: interval  # noqa: E731
    if wanted.calendar:
        setting = wanted.calendar
        interval = {"daily": 86400, "weekly": 604800, "monthly": 2592000}[setting[0]]
        bucket = lambda t: calendar_start(t, *setting)  # noqa: E731
        width = lambda b: next_start(b, bucket) - b  # noqa: E731
    every = [b for b in all_buckets(window, bucket, interval, wanted.calendar) if window.start <= b < window.end]
    chosen = [one for one in window.contexts if one.metric == query.metric and in_scope(query.scope, one.tags)]
    kinds = {one.kind for one in chosen}
    fill = fill_of(wanted, kinds)
    counts = wanted.unit != "raw" and kinds != {"gauge"} and bool(chosen)
    empty = Lines({}, width, interval, counts, fill, every)
    members: dict[Group, list[int]] = {}
    for place, one in enumerate(chosen):
        for group in groups_of(one, query.by):
            if not (window.monitor and any(value == "N/A" for _, value in group)):
                members.setdefault(group, []).append(place)
    if not every or not members:
        return empty
    first = every[0]
    real = [rolled(one, wanted, window, bucket, width, interval) for one in chosen]
    if per_series:  # begins at the window's first bucket
        real = [{b: v for b, v in line.items() if b >= first} for line in real]
    shown_by = [{b for b in line if first <= b < window.end} for line in real]
    values = [{**differences(per_series, line)} if per_series else dict(line) for line in real]
    where = gaps(fill, wanted, members, window)
    groups: dict[Group, Line] = {}
    anywhere = {b for places in members.values() for place in places for b in shown_by[place]}
    for group, places in members.items():
        own = {b for place in places for b in shown_by[place]}
        at = set(every) if where == "everywhere" else anywhere if where == "others" and not window.monitor else own
        line: Line = {}
        for b in sorted(at):
            held = [filled(values[place], shown_by[place], b, fill, where) for place in places]
            there = [value for value in held if value is not None]
            if there:
                line[b] = reduce(query.aggregator or "avg", there)
            elif b in own:
                line[b] = None
        if per_series is None:
            line = {b: value for b, value in line.items() if value is not None}
        if line:
            groups[group] = line
    return Lines(groups, width, interval, counts, fill, every)


def next_start(b: int, bucket: Bucket) -> int:
    t = b + 3600
    while bucket(t) == b:
        t += 900
    return bucket(t)


def all_buckets(window: Window, bucket: Bucket, interval: int, calendar: object) -> list[int]:
    found, b = [], bucket(window.start)
    while b < window.end:
        found.append(b)
        b = next_start(b, bucket) if calendar else b + interval
    return found


def fill_of(wanted: Asked, kinds: set[str]) -> tuple[str, int]:
    """A2.4: counts and rates asked for as such are never interpolated, by themselves neither; gauges linearly for 300 s."""
    if wanted.unit != "raw" and kinds != {"gauge"}:
        return ("null", 0)
    if wanted.fill:
        return wanted.fill
    return ("linear", 300) if kinds == {"gauge"} else ("null", 0)


def gaps(fill: tuple[str, int], wanted: Asked, members: dict[Group, list[int]], window: Window) -> str:
    if fill[0] == "null":
        return "nowhere"
    if wanted.fill and (window.nested or window.monitor):
        return "everywhere"
    sources = sum(len(places) for places in members.values())
    if sources == 1 or (window.monitor and all(len(places) == 1 for places in members.values())):
        return "nowhere"
    return "others"


def rolled(
    one: Context, wanted: Asked, window: Window, bucket: Bucket, width: Callable[[int], int], interval: int
) -> dict[int, float]:
    """The series' buckets, also those before the window."""
    held: dict[int, list[float]] = {}
    for t in sorted(one.points):
        if t - window.shift < window.end:
            held.setdefault(bucket(t - window.shift), []).append(one.points[t])
    counted = wanted.unit != "raw" and one.kind != "gauge"
    method = wanted.method or ("sum" if counted else "avg")
    line = {}
    for b, values in held.items():
        value = reduce(method, values)
        if counted and one.kind == "rate" and wanted.unit == "as_count":
            if one.interval <= 0:
                raise Unknown("a rate without its interval")
            value *= one.interval
        if counted and one.kind == "rate" and wanted.unit == "as_rate" and method == "sum":
            value = rate_of_rate(values, one.interval, width(b), window.end - b)
        if counted and wanted.unit == "as_rate" and one.kind == "count":
            tiny = one.kind == "count" and not wanted.calendar and interval < one.interval
            value /= 1 if tiny else width(b)
        line[b] = value
    return line


def rate_of_rate(values: list[float], interval: int, width: int, seen: int) -> float:
    """Their sum, of which each sample stands for its interval; the average where nobody knows that. `seen`: how much of the bucket is in the window (s)."""
    if interval <= 0:
        return sum(values) / len(values)
    length = min(width, math.ceil(seen / interval) * interval)
    return sum(values) * min(interval, length) / length


def filled(line: Line, shown: set[int], b: int, fill: tuple[str, int], where: str) -> Value:
    """The line's value at a bucket: its own, or one that is interpolated. One that has no point in the window is not held into it."""
    if not shown and where == "others":
        return None
    if line.get(b) is not None:
        return line[b]
    if where == "nowhere":
        return None
    method, limit = fill
    before = [x for x, value in line.items() if x < b and value is not None]
    if not before or b - max(before) > limit:
        return None
    last = line[max(before)]
    assert last is not None
    if method == "zero":
        return 0.0
    after = [x for x, value in line.items() if x > b and value is not None]
    if method == "last" or not after:
        return last
    x, y = max(before), min(after)
    following = line[y]
    assert following is not None
    return last + (following - last) * (b - x) / (y - x)


# --- arithmetic -------------------------------------------------------------------------------------------------------


def calculate(operator: str, left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    if operator == "/":
        return left / right if right else None
    if operator == "**":
        return power(left, right)
    return {"+": left + right, "-": left - right, "*": left * right}[operator]


def power(base: float, exponent: float) -> Value:
    try:
        result = base**exponent
    except (ZeroDivisionError, OverflowError):
        return None
    return None if isinstance(result, complex) else float(result)


def each(of: Lines | float, work: Callable[[float], Value], counts: bool | None = None) -> Lines | float:
    if isinstance(of, float):
        result = work(of)
        return math.nan if result is None else result
    groups = {
        group: {b: None if value is None else work(value) for b, value in line.items()}
        for group, line in of.groups.items()
    }
    return Lines(groups, of.width, of.interval, of.counts if counts is None else counts, of.fill, of.buckets)


def arithmetic(operator: str, left: Lines | float, right: Lines | float) -> Lines | float:
    if isinstance(right, float):
        return each(left, lambda value: calculate(operator, value, right))
    if isinstance(left, float):
        return each(right, lambda value: calculate(operator, left, value))
    groups: dict[Group, Line] = {}
    for one, here in left.groups.items():
        for other, there in right.groups.items():
            if not (frozenset(one) == frozenset(other) or not one or not other):
                continue
            line: Line = {}
            for b in sorted({*here, *there}):
                a = here.get(b, 0.0 if left.counts else None)
                c = there.get(b, 0.0 if right.counts else None)
                line[b] = calculate(operator, a, c)
            groups[one or other] = line
    longer = left if left.interval >= right.interval else right
    fill = left.fill if left.fill == right.fill else ("null", 0)
    return Lines(groups, longer.width, longer.interval, left.counts and right.counts, fill, longer.buckets)


# --- functions --------------------------------------------------------------------------------------------------------


def differences(name: str, line: Line) -> Line:
    """Between consecutive values; the first has none."""
    per = {"derivative": 1, "per_second": 1, "per_minute": 60, "per_hour": 3600}
    result: Line = {}
    before: tuple[int, float] | None = None
    for b in sorted(line):
        value = line[b]
        if value is None:
            result[b] = None
            continue
        if before is None:
            result[b] = None
        else:
            change = value - before[1]
            if name == "monotonic_diff":
                result[b] = change if change > 0 else None
            else:
                result[b] = change / (b - before[0]) * per[name] if name in per else change
        before = (b, value)
    return result


def running(line: Line, span: int, reduce_last: Callable[[list[float]], float]) -> Line:
    held: list[float] = []
    result: Line = {}
    for b in sorted(line):
        value = line[b]
        if value is not None:
            held.append(value)
        result[b] = None if value is None else reduce_last(held[-span:])
    return result


def median(values: list[float]) -> float:
    ordered = sorted(values)
    return (ordered[(len(values) - 1) // 2] + ordered[len(values) // 2]) / 2


def ewma(line: Line, span: int) -> Line:
    alpha, smooth, result = 2 / (span + 1), None, {}
    for b in sorted(line):
        value = line[b]
        if value is not None:
            smooth = value if smooth is None else alpha * value + (1 - alpha) * smooth
        result[b] = None if value is None else smooth
    return result


def accumulated(line: Line, weigh: Callable[[int, int | None, float], float]) -> Line:
    total, before, result = 0.0, None, {}
    for b in sorted(line):
        value = line[b]
        if value is not None:
            total += weigh(b, before, value)
            before = b
        result[b] = total
    return result


def by_line(of: Lines | float, work: Callable[[Line], Line], counts: bool = False) -> Lines:
    if isinstance(of, float):
        raise Unknown("a function of a number")
    return Lines(
        {group: work(line) for group, line in of.groups.items()}, of.width, of.interval, counts, of.fill, of.buckets
    )


def score(line: Line, by: str, width: Callable[[int], int]) -> float | None:
    values = [(b, value) for b, value in sorted(line.items()) if value is not None]
    if not values:
        return None
    alone = [value for _, value in values]
    match by:
        case "mean":
            return sum(alone) / len(alone)
        case "l2norm":
            return math.sqrt(sum(value * value for value in alone))
        case "area":
            return sum(value * width(b) for b, value in values)
    return reduce(by, alone)


def top(of: Lines | float, count: int, by: str, order: str) -> Lines:
    if isinstance(of, float):
        raise Unknown("a function of a number")
    scored = [(score(line, by, of.width), group) for group, line in sorted(of.groups.items())]
    sign = -1 if order == "desc" else 1
    ranked = sorted(scored, key=lambda pair: math.inf if pair[0] is None else sign * pair[0])
    kept = {group: of.groups[group] for _, group in ranked[:count]}
    return Lines(kept, of.width, of.interval, of.counts, of.fill, of.buckets)


def default(of: Lines | float, value: float, grouped: bool) -> Lines:
    if isinstance(of, float):
        raise Unknown("a function of a number")
    if not of.groups:
        groups: dict[Group, Line] = {} if grouped else {(): dict.fromkeys(of.buckets, value)}
        return Lines(groups, of.width, of.interval, of.counts, of.fill, of.buckets)
    at = sorted({*of.buckets, *(b for line in of.groups.values() for b in line)})
    groups = {}
    for group, line in of.groups.items():
        held = {
            b: filled(line, set(line), b, of.fill, "everywhere") if of.fill[0] != "null" else line.get(b) for b in at
        }
        groups[group] = {b: value if one is None else one for b, one in held.items()}
    return Lines(groups, of.width, of.interval, of.counts, of.fill, of.buckets)


def counted(of: Lines | float, wanted: Callable[[float], bool]) -> Lines:
    if isinstance(of, float):
        raise Unknown("a function of a number")
    at = sorted({b for line in of.groups.values() for b in line})
    line: Line = {
        b: float(sum(one.get(b) is not None and wanted(one[b] or 0.0) for one in of.groups.values())) for b in at
    }
    return Lines({(): line} if line else {}, of.width, of.interval, False, of.fill, of.buckets)


def dt(of: Lines | float) -> Lines:
    if isinstance(of, float):
        raise Unknown("a function of a number")
    at = sorted({b for line in of.groups.values() for b in line})
    line: Line = {b: None if place == 0 else float(b - at[place - 1]) for place, b in enumerate(at)}
    return Lines({(): line} if line else {}, of.width, of.interval, False, ("null", 0), of.buckets)


def grouped_by(expression: tree.Expression) -> bool:
    match expression:
        case tree.MetricQuery():
            return bool(expression.by)
        case tree.Arithmetic(_, left, right):
            return grouped_by(left) or grouped_by(right)
        case tree.Negative(operand) | tree.Modified(operand, _):
            return grouped_by(operand)
        case tree.Call("count_nonzero" | "count_nonzero_finite" | "count_not_null" | "dt"):
            return False
        case tree.Call(_, (*_, tree.Keys())):
            return True
        case tree.Call(_, (first, *_)):
            return grouped_by(first)  # type: ignore[arg-type]
    return False


def moving(line: Line, seconds: int, method: str, start: int) -> Line:
    result: Line = {}
    for b in sorted(line):
        held = [value for x, value in sorted(line.items()) if b - seconds < x <= b and value is not None]
        if b >= start:
            result[b] = summary(list(held), method)
    return result


def call(of: tree.Call, window: Window) -> Lines:
    name = of.function
    query = of.arguments[0]
    if name == "pow":
        exponent = of.arguments[1]
        assert not isinstance(exponent, tree.Plain)
        raised_to = arithmetic("**", worth(query, window), worth(exponent, window))
        if isinstance(raised_to, float):
            raise Unknown("a function of a number")
        return raised_to
    rest = [one.value for one in of.arguments[1:] if isinstance(one, tree.Number | tree.Text | tree.Word)]
    assert not isinstance(query, tree.Plain)
    if name in BEFORE or name == "timeshift":
        seconds = BEFORE[name] if name in BEFORE else int(rest[0])
        shifted = worth(query, Window(**{**vars(window), "shift": window.shift + seconds}))
        return by_line(shifted, lambda line: line, counts=isinstance(shifted, Lines) and shifted.counts)
    if name in ("diff", "monotonic_diff", "derivative", "per_second", "per_minute", "per_hour"):
        if isinstance(query, tree.MetricQuery):
            return metric_query(query, window, name)
        inner = worth(query, window)
        return by_line(inner, lambda line: differences(name, line), counts=isinstance(inner, Lines) and inner.counts)
    if name == "moving_rollup":
        seconds, method = int(rest[0]), str(rest[1]) if len(rest) > 1 else "avg"
        wide = worth(query, Window(**{**vars(window), "start": window.start - seconds}))
        moved = by_line(wide, lambda line: moving(line, seconds, method, window.start))
        moved.groups = {group: line for group, line in moved.groups.items() if line}
        moved.buckets = [b for b in moved.buckets if b >= window.start]
        return moved
    if name == "rollup":
        inside = Window(**{**vars(window), "span": 0})  # the limit of points is the result's
        return once_more(worth(query, inside), str(rest[0]), raised(int(rest[1]), window), window)
    if isinstance(of.arguments[-1], tree.Keys):
        return by_keys(worth(query, window), str(rest[0]) if name == "percentile" else name, of.arguments[-1].names)
    return plain(name, worth(query, window), rest, grouped_by(query))


def summary(values: list[Value], method: str) -> Value:
    there = [value for value in values if value is not None]
    if not there:
        return None
    if method == "stddev":
        mean = sum(there) / len(there)
        return math.sqrt(sum((value - mean) ** 2 for value in there) / len(there))
    if method.startswith("p"):
        return sorted(there)[math.floor(float(method[1:]) / 100 * (len(there) - 1) + 1e-9)]
    return median(there) if method == "median" else reduce(method, there)


def once_more(of: Lines | float, method: str, interval: int, window: Window) -> Lines:
    if isinstance(of, float):
        raise Unknown("a function of a number")
    groups: dict[Group, Line] = {}
    for group, line in of.groups.items():
        held: dict[int, list[Value]] = {}
        for b in sorted(line):
            held.setdefault(b // interval * interval, []).append(line[b])
        if again := {b: summary(values, method) for b, values in held.items() if b >= window.start}:
            groups[group] = again
    every = list(range(-(-window.start // interval) * interval, window.end, interval))
    return Lines(groups, lambda _: interval, interval, buckets=every)


def by_keys(of: Lines | float, method: str, keys: tuple[str, ...]) -> Lines:
    if isinstance(of, float):
        raise Unknown("a function of a number")
    members: dict[Group, list[Line]] = {}
    for group, line in of.groups.items():
        if not set(keys) <= {key for key, _ in group}:
            raise Unknown("keys that there are not")
        members.setdefault(tuple((key, dict(group)[key]) for key in keys), []).append(line)
    groups: dict[Group, Line] = {}
    for group, held in members.items():
        at = sorted({b for line in held for b in line})
        groups[group] = {b: summary([line.get(b) for line in held], method) for b in at}
    return Lines(groups, of.width, of.interval, buckets=of.buckets)


def plain(name: str, inner: Lines | float, rest: list[object], grouped: bool) -> Lines:
    counts = isinstance(inner, Lines) and inner.counts
    number = float(rest[0]) if rest and isinstance(rest[0], float) else 0.0

    def lines(work: Callable[[Line], Line], *, keep: bool = False) -> Lines:
        return by_line(inner, work, counts=counts and keep)

    def values(work: Callable[[float], Value]) -> Lines:
        return lines(lambda line: {b: None if v is None else work(v) for b, v in line.items()}, keep=True)

    def flags(true: Callable[[float], bool]) -> Lines:
        return lines(lambda line: {b: None if v is None else float(true(v)) for b, v in line.items()})

    if match := re.fullmatch(r"(top|bottom)(\d+)_(\w+)", name):
        return top(inner, int(match[2]), match[3], "desc" if match[1] == "top" else "asc")
    if match := re.fullmatch(r"(ewma|median|rollingavg)(?:_(\d+))?", name):
        span = int(match[2] or {"ewma": 20, "median": 3}[match[1]])
        if match[1] == "ewma":
            return lines(lambda line: ewma(line, span))
        return lines(lambda line: running(line, span, median if match[1] == "median" else lambda v: sum(v) / len(v)))
    match name:
        case "abs":
            return values(abs)
        case "log2" | "log10":
            logarithm = math.log2 if name == "log2" else math.log10
            return values(lambda v: logarithm(v) if v > 0 else None)
        case "clamp_min":
            return lines(lambda line: {b: number if v is None else max(v, number) for b, v in line.items()}, keep=True)
        case "clamp_max":
            return lines(lambda line: {b: number if v is None else min(v, number) for b, v in line.items()}, keep=True)
        case "cutoff_min":
            return values(lambda v: None if v < number else v)
        case "cutoff_max":
            return values(lambda v: None if v > number else v)
        case "is_greater":
            return flags(lambda v: v > number)
        case "is_less":
            return flags(lambda v: v < number)
        case "is_between":
            return flags(lambda v: number < v < float(str(rest[1])))
        case "cumsum":
            return lines(lambda line: accumulated(line, lambda _, __, v: v))
        case "integral":
            with_nulls = lines(lambda line: accumulated(line, lambda b, x, v: 0.0 if x is None else (b - x) * v))
            held = inner.groups if isinstance(inner, Lines) else {}
            for group, line in with_nulls.groups.items():
                line.update({b: None for b, value in held[group].items() if value is None})
            return with_nulls
        case "throughput":
            assert isinstance(inner, Lines)
            width = inner.width
            return lines(lambda line: {b: None if v is None else v / width(b) for b, v in line.items()})
        case "dt":
            return dt(inner)
        case "default_zero":
            return default(inner, 0.0, grouped)
        case "default":
            return default(inner, number, grouped)
        case "count_nonzero" | "count_nonzero_finite":
            return counted(inner, lambda v: v != 0)
        case "count_not_null":
            return counted(inner, lambda _: True)
        case "exclude_null":
            kept = lines(lambda line: line, keep=True)
            kept.groups = {g: line for g, line in kept.groups.items() if all(value != "N/A" for _, value in g)}
            return kept
        case "top":
            return top(inner, int(number), str(rest[1]), str(rest[2]))
    raise Unknown(name)
