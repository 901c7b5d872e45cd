"""What holds for the tests of all folders: they use what is in shared/ (pytest's importlib mode puts no test folder on the path), and they are patient."""

import sys
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parent / "shared"))

# httpx's own patience is five seconds: too few for a server that shares its cores with other tests.
for _asks in (
    httpx.Client.__init__,
    httpx.request,
    *(getattr(httpx, method) for method in ("get", "post", "put", "patch", "delete")),
):
    _asks.__kwdefaults__["timeout"] = httpx.Timeout(60)
