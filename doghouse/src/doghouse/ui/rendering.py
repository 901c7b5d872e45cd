"""Pages from templates: Jinja2 with everything escaped, and the few helpers that templates have."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from markupsafe import Markup
from starlette.datastructures import QueryParams

from doghouse import __version__
from doghouse.dashboards.snapshots.store import PATH
from doghouse.notifications.markdown import render as rendered
from doghouse.ui import assets, frame, guard
from doghouse.ui.frame import Frame
from doghouse.web import sessions
from doghouse.web.errors import ApiError
from doghouse.web.http import Call, Reply

if TYPE_CHECKING:
    from jinja2 import Environment

NAVIGATION = (  # title, address, and the key behind `g` that goes there
    ("Dashboards", "/dashboard/lists", "b"),
    ("Hosts", "/infrastructure/map", "h"),
    ("Monitors", "/monitors/manage", "m"),
    ("Downtimes", "/monitors/downtimes", "d"),
    ("Inbox", "/inbox", "i"),
    ("Events", "/event/explorer", "e"),
    ("APM", "/apm/services", "a"),
    ("Logs", "/logs", "l"),
    ("Explore", "/metric/explorer", "x"),
)


@lru_cache
def environment() -> Environment:
    """The templates, compiled once. Jinja is imported with the first page, so that a server starts without it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    env = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.globals.update(navigation=NAVIGATION, version=__version__, static=static, duration=frame.duration_words)
    env.filters.update(
        utc=frame.utc,
        iso=iso,
        markdown=markdown,
        frame_query=frame_query,
        with_query=with_query,
        is_web=is_web,
        is_own_image=is_own_image,
        file_name=file_name,
    )
    return env


def render(template: str, call: Call, *, status: int = 200, css: str = "", **values: Any) -> Reply:
    """A page. `css` goes into its one style block, under a nonce: the places of widgets, which no stylesheet can know."""
    nonce = guard.new_nonce() if css else ""
    cookie = sessions.of(call.request, call.now)
    session = None if cookie is None else sessions.token(call.request.app.state.access, cookie)
    text = (
        environment()
        .get_template(template)
        .render(call=call, now=call.now, css=Markup(css), nonce=nonce, session=session, **values)
    )
    headers = {"Content-Security-Policy": guard.policy(nonce)}
    return Reply(text.encode(), status, "text/html; charset=utf-8", headers)


def framed(template: str, call: Call, shown: Frame, **values: Any) -> Reply:
    """A page whose range of time a person chooses. Its script is told the time, the range, and whatever `data` is among the values."""
    data = {"now": call.now, "frame": shown.document, **values.pop("data", {})}
    spans = [(name, frame.span_seconds(name)) for name in frame.SPANS]
    return render(template, call, frame=shown, spans=spans, data=data, **values)


def reading(handler: Callable[[Call], Reply], template: str = "problem.html") -> Callable[[Call], Reply]:
    """A handler whose ApiErrors become a page that says so, not JSON."""

    def serve(call: Call) -> Reply:
        try:
            return handler(call)
        except ApiError as error:
            return render(template, call, status=error.status, text=error.text)

    return serve


def alone(handler: Callable[[Call], Reply]) -> Callable[[Call], Reply]:
    """As `reading`, for those who see one shared page and nothing else."""
    return reading(handler, "shared_problem.html")


def static(name: str) -> str:
    """The address of one of our files, which changes with its content."""
    return f"/ui/static/{assets.version()}/{name}"


def iso(ts: float) -> str:
    """A time as `<time datetime>` has it."""
    return frame.utc(ts).replace(" ", "T") + "Z"


def with_query(query: QueryParams, name: str, value: str, *without: str) -> str:
    """The query of a link that sets one parameter (empty: takes it away), leaves out those `without` names, and keeps all else."""
    pairs = [(key, other) for key, other in query.multi_items() if key not in (name, *without)]
    return urlencode([*pairs, (name, value)] if value else pairs)


def frame_query(query: QueryParams, now: float, span: int) -> str:
    """The query of a link that changes the page's range to the past `span` s and keeps all else."""
    pairs = [(key, value) for key, value in query.multi_items() if key not in ("from_ts", "to_ts", "live")]
    return urlencode([*pairs, *frame.past(span, now).query().items()])


def is_web(address: str) -> bool:
    """Whether an address may become a link: one of `javascript:` may not."""
    return address.lower().startswith(("http://", "https://", "/"))


def is_own_image(address: str) -> bool:
    """Whether a page may show a picture: one that lies in its address, or a snapshot of this doghouse."""
    return address.startswith(("data:image/", f"{PATH}/"))


def file_name(address: str) -> str:
    """The last part of an address's path, which names a file."""
    return urlsplit(address).path.rpartition("/")[2] or address


def markdown(text: str) -> Markup:
    """Markdown as HTML that a template takes as it is."""
    return Markup(rendered(text))
