"""The Flask app of the exercise, served by gunicorn as `companion.app.web:create()`. Nothing here knows of tracing: ddtrace-run brings it.

PostgreSQL is reached as libpq's environment says (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE).
"""

from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor

from flask import Flask, Response, jsonify

from companion.app import logs
from companion.app.bakery import routes

log = logging.getLogger("companion.app")
NO_DATABASE = 503
QUERY = "SELECT state, count(*) FROM pg_stat_activity WHERE state IS NOT NULL GROUP BY state ORDER BY state"


class Broken(RuntimeError):
    """What `/api/error` raises."""


def create() -> Flask:
    """The app, its logs as JSON on stdout, and shipped where the environment says so."""
    logs.configure(os.environ)
    app = Flask(__name__)
    app.register_blueprint(routes.blueprint())
    background = ThreadPoolExecutor(2, thread_name_prefix="background")

    @app.get("/")
    def entry() -> str:
        log.info("entry")
        return "Entrypoint to the Application"

    @app.get("/api/apm")
    def apm() -> str:
        log.info("apm")
        return "Getting APM Started"

    @app.get("/api/trace")
    def trace() -> str:
        log.info("trace")
        return "Posting Traces"

    @app.get("/api/database")
    def database() -> Response | tuple[Response, int]:
        import psycopg

        try:
            with psycopg.connect("", connect_timeout=3) as connection:
                states: dict[str, int] = dict(connection.execute(QUERY).fetchall())
        except psycopg.OperationalError as error:
            log.warning("no database: %s", str(error).splitlines()[0])
            return jsonify(error="no database; set PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE"), NO_DATABASE
        log.info("%d states of connections", len(states))
        return jsonify(states)

    @app.get("/api/background")
    def start() -> tuple[str, int]:
        """Work that goes on in another thread: ddtrace hands the trace to executors, so that its log lines name this request's."""
        log.info("background work is started")
        background.submit(work)
        return "Started", 202

    @app.get("/api/error")
    def error() -> str:
        raise Broken("this route always fails")

    return app


def work() -> None:
    """What happens in the background."""
    log.info("background work is done")
