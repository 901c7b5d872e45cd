"""A small traced program that makes each of the usual mistakes, or does it right: `python program.py MISTAKE…`.

It serves one request to itself and ends. Run it under ddtrace-run.
"""

from __future__ import annotations

import json
import logging
import sys

from ddtrace.trace import tracer
from flask import Flask


class WithIds(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        ids = {name: getattr(record, name, None) for name in ("dd.trace_id", "dd.span_id")}
        return json.dumps({"message": record.getMessage(), **ids})


class WithoutIds(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps({"message": record.getMessage()})


mistakes = set(sys.argv[1:])
log = logging.getLogger("program")
handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(WithoutIds() if "formatter" in mistakes else WithIds())
log.addHandler(handler)
log.setLevel(logging.INFO)
app = Flask(__name__)


def greeting() -> str:
    if "no-log-call" not in mistakes:
        log.info("inside the handler")
    return "hello"


if "decorator-order" in mistakes:

    @tracer.wrap("greet")  # Flask has the function below by now: this wraps what nobody calls
    @app.route("/")
    def greet() -> str:
        return greeting()

else:

    @app.route("/")
    @tracer.wrap("greet")
    def greet() -> str:
        return greeting()


log.info("outside of every request")
app.test_client().get("/", buffered=True)  # read to its end, where the span ends too
