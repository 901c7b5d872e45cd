"""The options that every command takes, and what they amount to: settings, an account."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from companion.client import Account
    from companion.settings import Settings


Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]


@dataclass(frozen=True, slots=True)
class Options:
    """What was typed; None where nothing was."""

    config: Annotated[str | None, typer.Option(help="Settings file.", show_default="my-metric.yaml")] = None
    api_url: Annotated[
        str | None, typer.Option(help="Address of the API, instead of a Datadog site's.", metavar="URL")
    ] = None
    keys_file: Annotated[
        str | None,
        typer.Option(help="JSON with api_key and app_key, instead of DD_API_KEY and DD_APP_KEY.", metavar="FILE"),
    ] = None
    site: Annotated[str | None, typer.Option(help="Datadog site, over DD_SITE and the settings.")] = None
    email: Annotated[str | None, typer.Option(help="Who is told, over the settings.")] = None
    host: Annotated[str | None, typer.Option(help="Host, over the settings.")] = None
    timezone: Annotated[str | None, typer.Option(help="Zone of the office hours, over the settings.")] = None
    tag: Annotated[
        list[str] | None,
        typer.Option(help="Tag of the host, over the settings; repeat it for more.", metavar="KEY:VALUE"),
    ] = None
    assets: Annotated[
        str | None, typer.Option(help="Folder with dashboards/ and monitors/, over the settings.", metavar="DIR")
    ] = None

    extras: Annotated[
        list[str] | None,
        typer.Option("--with", help="What is set up besides: bakery. Over the settings.", metavar="NAME"),
    ] = None

    def settings(self) -> Settings:
        """File, environment and flags together. Raises Problem."""
        from companion import settings

        names = ("email", "host", "timezone", "assets")
        over = {name: getattr(self, name) for name in names} | {"tags": self.tag or None, "extras": self.extras or None}
        return settings.load(self.config, over | {"site": self.site or settings.site_from_environment()})

    def account(self) -> Account:
        """The account that is spoken to. Raises Problem where keys or address are missing or wrong."""
        from companion import terminal
        from companion.client import Account
        from doghouse.importing import check_url, find_keys

        return Account(
            find_keys(self.keys_file),
            api_url=check_url(self.api_url) if self.api_url else None,
            site=self.settings().site,
            wait=terminal.count_down,
        )


def with_options(function: Callable[..., int]) -> Callable[..., int]:
    """A typer command of a function: the fields of each dataclass among its parameters, such as Options, are options of the command."""
    parameters = dict(inspect.signature(function, eval_str=True).parameters)
    groups: dict[str, Any] = {
        name: parameter.annotation for name, parameter in parameters.items() if is_dataclass(parameter.annotation)
    }
    fields = {name: inspect.signature(group, eval_str=True).parameters for name, group in groups.items()}

    @functools.wraps(function)
    def run(**flags: Any) -> int:
        grouped = {name: group(**{field: flags.pop(field) for field in fields[name]}) for name, group in groups.items()}
        return function(**grouped, **flags)

    # typer reads a command's options off its signature alone: without this, each command would list the common ones again.
    own = [parameter for name, parameter in parameters.items() if name not in groups]
    every = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in chain(own, *(group.values() for group in fields.values()))
    ]
    run.__signature__ = inspect.Signature(every)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in every}
    return run
