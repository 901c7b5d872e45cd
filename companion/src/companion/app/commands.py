"""`my-metric app` and `my-metric load`: what their options are, and where they are done."""

from __future__ import annotations

from companion.app.options import Serving, Traffic
from companion.options import Options


def app(serving: Serving, options: Options) -> int:
    """Serve the traced Flask app until Ctrl-C; with --api-url its logs are shipped there.

    Example: my-metric app --api-url http://127.0.0.1:8420 --keys-file keys.json
    """
    from companion.app import serve

    return serve.app(options, serving)


def load(traffic: Traffic) -> int:
    """Send steady traffic to the app, over all its routes.

    Example: my-metric load --rate 10 --count 1000
    """
    from companion.app import load as sending

    return sending.load(traffic)
