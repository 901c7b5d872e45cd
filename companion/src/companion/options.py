"""The options that every command takes, and what they amount to: settings, an account."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from companion.problem import Problem

if TYPE_CHECKING:
    from companion.client import Account
    from companion.settings import Settings


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

    def settings(self) -> Settings:
        """File, environment and flags together. Raises Problem."""
        from companion import settings

        over = {
            "site": self.site or settings.site_from_environment(),
            "email": self.email,
            "host": self.host,
            "timezone": self.timezone,
            "tags": self.tag or None,
            "assets": self.assets,
        }
        return settings.load(self.config, over)

    def account(self) -> Account:
        """The account that is spoken to. Raises Problem where keys or address are missing or wrong."""
        from companion import client, terminal
        from companion.keys import find_keys

        return client.Account(
            find_keys(self.keys_file),
            api_url=client.check_url(self.api_url) if self.api_url else None,
            site=self.settings().site,
            wait=terminal.count_down,
        )


def with_options(function: Callable[..., int]) -> Callable[..., None]:
    """A typer command whose first parameter `options` becomes the common options; a Problem ends it with its sentence and code."""
    parameters = inspect.signature(function, eval_str=True).parameters
    common = inspect.signature(Options, eval_str=True).parameters

    @functools.wraps(function)
    def run(**given: Any) -> None:
        try:
            options = Options(**{name: given.pop(name) for name in common if name in given})
            code = function(options, **given) if "options" in parameters else function(**given)
        except Problem as problem:
            typer.echo(f"my-metric: {problem}", err=True)
            code = problem.code
        except KeyboardInterrupt:
            typer.echo("my-metric: interrupted; run the command again, it goes on from there", err=True)
            code = 1
        raise typer.Exit(code or 0)

    # typer reads a command's options off its signature alone: without this, each command would list the common ones again.
    own = [parameter for name, parameter in parameters.items() if name != "options"]
    shared = list(common.values()) if "options" in parameters else []
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in [*own, *shared]]
    )
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in [*own, *shared]}
    return run
