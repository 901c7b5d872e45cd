"""Datadog's metric queries: text → syntax tree → numbers. Functions of their arguments: no clock, no disk, no network.

    tree = parse("avg:my_metric{env:prod} by {host}")      # a tuple: expressions stand between commas
    series = evaluate(tree[0], source, Window(start, end))  # source: anything with find and read (metrics.model.Source)

`parse` and its relatives raise `QuerySyntaxError` with the place and what was expected; `evaluate` raises `NotEvaluated` with what it is that doghouse
does not evaluate. A tree is made of frozen values (`queries.tree`), to be looked into or with the helpers here.
"""

from doghouse.queries.errors import NotEvaluated, QuerySyntaxError
from doghouse.queries.evaluation import default_interval, evaluate, evaluate_scalars
from doghouse.queries.functions.anomalies.settings import Settings as AnomalySettings
from doghouse.queries.functions.anomalies.settings import settings_of as anomaly_settings
from doghouse.queries.language.formulas import Formula, FormulaRequest, NamedQuery
from doghouse.queries.language.inspection import function_names, group_keys, metric_queries, scope_tags, variables
from doghouse.queries.language.names import nearest
from doghouse.queries.language.parser import parse, parse_formula, parse_monitor, parse_scope
from doghouse.queries.language.printing import expression_text, scope_text
from doghouse.queries.language.substitution import substitute
from doghouse.queries.language.tree import Expression, MetricQuery, MonitorQuery, Scope
from doghouse.queries.model import NOT_AVAILABLE, ResultSeries, Window
from doghouse.queries.options import DASHBOARD, MONITOR, Options
from doghouse.queries.scopes import matches

__all__ = [
    "DASHBOARD",
    "MONITOR",
    "NOT_AVAILABLE",
    "AnomalySettings",
    "Expression",
    "Formula",
    "FormulaRequest",
    "MetricQuery",
    "MonitorQuery",
    "NamedQuery",
    "NotEvaluated",
    "Options",
    "QuerySyntaxError",
    "ResultSeries",
    "Scope",
    "Window",
    "anomaly_settings",
    "default_interval",
    "evaluate",
    "evaluate_scalars",
    "expression_text",
    "function_names",
    "group_keys",
    "matches",
    "metric_queries",
    "nearest",
    "parse",
    "parse_formula",
    "parse_monitor",
    "parse_scope",
    "scope_tags",
    "scope_text",
    "substitute",
    "variables",
]
