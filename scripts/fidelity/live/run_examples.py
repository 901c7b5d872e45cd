"""Runs example programs in the client's environment. Reads an order a line (JSON: url, file, environment), answers why it failed, or null."""

import contextlib
import io
import json
import os
import re
import runpy
import sys
import traceback
from urllib.parse import urlsplit

from datadog_api_client import configuration
from datadog_api_client.model_utils import ModelComposed, ModelNormal, UnparsedObject

own_init = configuration.Configuration.__init__


def unparsed(value):
    """Whether any part of an answer is not of the type that the client's models promise."""
    if isinstance(value, UnparsedObject) or getattr(value, "_unparsed", False):
        return True
    if isinstance(value, ModelNormal | ModelComposed):
        return any(unparsed(part) for part in value._data_store.values())
    if isinstance(value, dict):
        return any(unparsed(part) for part in value.values())
    return isinstance(value, list) and any(unparsed(part) for part in value)


def send_to(url):
    """Server 1 of the client is `{protocol}://{name}` for every operation, intakes too."""
    base = urlsplit(url)

    def local_init(self, *args, **kwargs):
        own_init(self, *args, **kwargs)
        self.server_index = 1
        self.server_variables = {"name": base.netloc, "protocol": base.scheme}

    configuration.Configuration.__init__ = local_init


def run(file):
    """Why the example failed, or None. What fails without a request or after its answer is the client's own."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            left = runpy.run_path(file, run_name="__main__")
    except Exception as error:
        words = re.sub(r"HTTP response headers: \{.*?\} (?=HTTP response body)", "", " ".join(str(error).split()))
        frames = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
        where = (
            ""
            if "perform_request" in frames or "call_api" in frames
            else " (outside any request: in the program, or printing)"
        )
        return f"{type(error).__name__}: {words[-300:]}{where}"
    return "the answer is not of the types that the client promises" if unparsed(left.get("response")) else None


def main():
    for line in sys.stdin:
        order = json.loads(line)
        send_to(order["url"])
        before = dict(os.environ)
        os.environ.update(order["environment"])
        reason = run(order["file"])
        os.environ.clear()
        os.environ.update(before)
        print(json.dumps(reason), flush=True)


if __name__ == "__main__":
    main()
