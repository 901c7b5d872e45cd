"""Putting points that arrived in order: a week at a time, sorted by (series, ts), each second once, and with a row for each hour.

A week, not a day: at one point in 45 s a day of a series is shorter than a block of DuckDB's compression (measured: 4.8 against 2.2 bytes a point).
"""

from __future__ import annotations

import duckdb

from doghouse.metrics.store.selection import HOUR_S, Extent, Selection, points_query

WEEK_S = 7 * 86400
SETTLED_S = 2 * 3600  # after a week's end: by then its points are in, since none older than an hour is taken
MANY = 2_000_000  # points of a week that has not ended, or was put in order before, that make it worth while

NUMBERS_LIMIT = 2**31 - 1
EVERYWHERE = Extent(0, 2**32, any_late=True)


def due(cursor: duckdb.DuckDBPyConnection, now: float) -> int | None:
    """The start of the week to put in order next; None if there is nothing to do. `now` in s UTC."""
    weeks = cursor.execute(
        f"SELECT (ts // {WEEK_S} * {WEEK_S})::BIGINT AS week, count(*) AS n FROM arrived GROUP BY week ORDER BY n DESC"
    ).fetchall()
    return next((week for week, count in weeks if count >= MANY or week + WEEK_S + SETTLED_S <= now), None)


def put_in_order(cursor: duckdb.DuckDBPyConnection, week: int) -> None:
    """Rewrite a week, inside the caller's transaction. What arrives meanwhile stays for the next time."""
    end = week + WEEK_S
    every = Selection(0, NUMBERS_LIMIT, True, week, end)
    inside = f"ts >= {week} AND ts < {end}"
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE ordered AS {points_query(every, None, EVERYWHERE)}")
    for table in ("points", "arrived"):
        cursor.execute(f"DELETE FROM {table} WHERE {inside}")
    cursor.execute(f"DELETE FROM hours WHERE hour >= {week} AND hour < {end}")
    cursor.execute(f"DELETE FROM late WHERE day >= {week // 86400} AND day < {end // 86400}")
    cursor.execute("INSERT INTO points SELECT series, ts, value FROM ordered")
    cursor.execute(
        f"""INSERT INTO hours
        SELECT series, ts // {HOUR_S} * {HOUR_S} AS hour, count(*), sum(value), min(value), max(value), arg_max(value, ts)
        FROM ordered GROUP BY series, hour ORDER BY series, hour"""
    )
    cursor.execute("INSERT INTO tips SELECT series, max(ts) FROM ordered GROUP BY series")
    cursor.execute("DROP TABLE ordered")
