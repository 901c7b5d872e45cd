"""Who may ask for what: the keys of a doghouse, and what endpoints ask for."""

from __future__ import annotations

import enum
import hmac
from dataclasses import dataclass, field

from starlette.requests import Request

from doghouse.web import errors


class Keys(enum.Enum):
    """Which keys an endpoint asks for: intakes the API key alone, pages and tracers' intakes none on the machine itself (`NONE`), some none at all (`OPEN`)."""

    NONE = 0
    API = 1
    BOTH = 2
    OPEN = 3


@dataclass(frozen=True, slots=True)
class Access:
    """The keys that this doghouse accepts, and how it treats requests. `shared`: others than this machine can reach it."""

    api_key: str = field(repr=False)
    app_key: str = field(repr=False)
    time_travel: bool = False
    shared: bool = False


def check_keys(request: Request, keys: Keys) -> None:
    """Raise ApiError 403 unless the request carries the keys that the endpoint asks for.

    The Agent and old clients send the API key in the query (`api_key=`), as Datadog still accepts for its intakes, or in the path (`/v1/input/KEY`).
    """
    if keys in (Keys.NONE, Keys.OPEN):
        return
    access: Access = request.app.state.access
    api_key = request.headers.get("dd-api-key") or request.query_params.get("api_key")
    api_key = api_key or request.path_params.get("api_key")
    if not api_key:
        raise errors.api_key_required()
    same = hmac.compare_digest(api_key.encode(), access.api_key.encode())
    if keys is Keys.BOTH:
        app_key = request.headers.get("dd-application-key") or request.query_params.get("application_key") or ""
        same &= hmac.compare_digest(app_key.encode(), access.app_key.encode())
    if not same:
        raise errors.forbidden()
