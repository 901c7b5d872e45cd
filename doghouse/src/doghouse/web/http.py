"""What every endpoint shares: keys, bodies, answers, errors. A route module says what it serves; this says how."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar, cast, overload

import msgspec
from starlette.datastructures import Headers, QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from doghouse.numbers import MAX_KEY, key, whole_number
from doghouse.storage import failures
from doghouse.time import iso
from doghouse.time.clock import Clock
from doghouse.web import errors, origins
from doghouse.web.access import Access, Keys, check_keys
from doghouse.web.body import receiving
from doghouse.web.body.in_flight import Charge, InFlight
from doghouse.web.body.receiving import TooLarge
from doghouse.web.errors import ApiError
from doghouse.web.threads import in_thread

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """A request, read whole: what a handler is given. `now` is the server's time for it (s, UTC)."""

    request: Request = field(repr=False)  # its headers hold keys
    body: bytes
    now: float

    @property
    def method(self) -> str:
        """The request's method, in capitals."""
        return self.request.method

    @property
    def path(self) -> str:
        """The path in the address."""
        return self.request.url.path

    @property
    def params(self) -> Mapping[str, str]:
        """What the parts of the path are that the route names."""
        return self.request.path_params

    @property
    def query(self) -> QueryParams:
        """The parameters in the address."""
        return self.request.query_params

    @property
    def headers(self) -> Headers:
        """The request's headers."""
        return self.request.headers

    @property
    def base_url(self) -> str:
        """The address of this server as the client wrote it, without a slash at its end."""
        return str(self.request.base_url).rstrip("/")

    @overload
    def json(self) -> Any: ...
    @overload
    def json(self, shape: type[T]) -> T: ...
    def json(self, shape: Any = Any) -> Any:
        """The body, decoded into `shape`. Raises ApiError 400 where it is not that."""
        try:
            return msgspec.json.decode(self.body, type=shape)
        except msgspec.ValidationError as error:
            raise ApiError(400, str(error)) from None
        except msgspec.DecodeError as error:
            raise errors.not_json(str(error)) from None

    def object(self) -> dict[str, Any]:
        """The body, which must be a JSON object. Raises ApiError 400."""
        body = self.json()
        if not isinstance(body, dict):
            raise errors.invalid_body("expected a JSON object")
        return body

    def words(self, name: str) -> list[str]:
        """A comma-separated list in the address, or a parameter given several times."""
        parts = [part.strip() for text in self.query.getlist(name) for part in text.split(",")]
        return [part for part in parts if part]

    def number(self, name: str, default: int, least: int = 0, most: int = MAX_KEY) -> int:
        """A whole number in the address. Raises ApiError 400."""
        text = self.query.get(name)
        if text is None or text == "":
            return default
        number = whole_number(text)
        if number is None or not least <= number <= most:
            raise errors.invalid_query_parameter(name, text, f"a whole number from {least} to {most}")
        return number

    def key(self, name: str) -> int:
        """An id in the path. Where the text is no id, it is 0: no object has that id, so that the answer is 404."""
        return key(str(self.params[name]))

    def seconds(self, name: str, most: int = MAX_KEY) -> int:
        """A required time in the address, in s since 1970. Raises ApiError 400."""
        if not self.query.get(name):
            raise errors.missing_parameter(name)
        return self.number(name, 0, most=most)

    def flag(self, name: str) -> bool:
        """Whether the address says `name=true` (or 1). Raises ApiError 400 where it says neither that nor false."""
        text = self.query.get(name, "").lower()
        if text not in ("", "true", "1", "false", "0"):
            raise errors.invalid_query_parameter(name, text, "true or false")
        return text in ("true", "1")


WARNINGS = (
    "X-Doghouse-Warnings"  # a header: a JSON array of sentences, of what was accepted and yet will not work as meant
)


WARNINGS_BYTES = 8000  # clients take some 16 KB of headers


def warned(sentences: Iterable[str]) -> dict[str, str]:
    """The header of these sentences: as many, from the first, as clients take. All that is to say of a board is at `/doghouse/warnings`."""
    encoded: list[str] = []
    for sentence in sentences:
        text = json.dumps(errors.shortened(sentence))
        if sum(map(len, encoded)) + len(text) > WARNINGS_BYTES:
            break
        encoded.append(text)
    return {WARNINGS: f"[{', '.join(encoded)}]"} if encoded else {}


class Reply(msgspec.Struct, frozen=True):
    """An answer: `body` is encoded as JSON unless it is bytes."""

    body: Any
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)


PlainHandler = Callable[[Call], Reply]
AsyncHandler = Callable[[Call], Awaitable[Reply]]
Handler = PlainHandler | AsyncHandler


def endpoint(
    method: str, path: str, handler: Handler, keys: Keys = Keys.BOTH, too_large: TooLarge = errors.payload_too_large
) -> Route:
    """A route: checks keys, reads the body, calls `handler` (a plain function in a thread, a coroutine on the loop), answers in JSON.

    What needs no key is guarded against pages of other sites. `too_large` is the answer to a body over a limit (`doghouse.web.body.limits`).
    """
    waits = inspect.iscoroutinefunction(handler)

    async def serve(request: Request) -> Response:
        in_flight: InFlight = request.app.state.in_flight
        try:
            check_keys(request, keys)
            origins.check(request, keys)
            with in_flight.request() as charge:
                call = await read(request, charge, too_large)
                reply = (
                    await cast(AsyncHandler, handler)(call)
                    if waits
                    else await in_thread(partial(cast(PlainHandler, handler), call))
                )
        except ApiError as error:
            reply = Reply(error.body, error.status, headers=error.headers)
        except RecursionError:  # nothing is kept yet: what cannot be read, or copied, is not written
            reply = Reply(errors.nested_too_deeply().body, 400)
        except ClientDisconnect:
            return Response(status_code=499)
        except asyncio.CancelledError:  # by uvicorn, which stops
            reply = Reply(errors.stopping().body, 503, headers={"Connection": "close"})
        except Exception as error:
            if not (sentence := failures.reported(error)):
                raise
            reply = Reply(errors.storage_failed(sentence).body, 503)
        return respond(reply)

    return Route(path, serve, methods=[method])


class Shortcut:
    """An application in front of another: a request for one of `routes` whose path has no parameters goes to its endpoint at once.

    Starlette tries one route after the other: of 229 that takes 226 µs for `/api/v1/monitor`, as long as reading the keys and the body and more.
    """

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self._app = app
        plain = [route for route in routes if isinstance(route, Route) and "{" not in route.path]
        self._endpoints = {(method, route.path): route.endpoint for route in plain for method in route.methods or ()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, as the other application would."""
        serve = self._endpoints.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if serve is None:
            await self._app(scope, receive, send)
        else:
            response: Response = await serve(Request(scope, receive, send))
            await response(scope, receive, send)


def respond(reply: Reply) -> Response:
    """A handler's reply as bytes on the wire."""
    body = reply.body if isinstance(reply.body, bytes) else msgspec.json.encode(reply.body)
    return Response(body, reply.status, dict(reply.headers), media_type=reply.content_type)


async def read(request: Request, charge: Charge = int, too_large: TooLarge = errors.payload_too_large) -> Call:
    """The request as a value, its body decompressed. `charge` is called with each piece of it (bytes) that is held."""
    clock: Clock = request.app.state.clock
    access: Access = request.app.state.access
    now = clock.now()
    if access.time_travel and (instant := request.headers.get("x-doghouse-now")):
        now = parse_instant(instant)
    return Call(request, await receiving.whole(request, charge, too_large), now)


def parse_instant(text: str) -> float:
    """An ISO 8601 time (UTC where it names no zone) as seconds since 1970 UTC. Raises ApiError 400."""
    try:
        return iso.instant(text)
    except ValueError:
        raise errors.not_a_time(text) from None
