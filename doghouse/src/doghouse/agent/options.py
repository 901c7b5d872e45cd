"""What the settings mean for the components of the Agent: the folder of configurations, the key, histograms, DogStatsD."""

from __future__ import annotations

import math
import os
from pathlib import Path

from doghouse import files
from doghouse.agent.aggregation.metric_types import Options
from doghouse.agent.dogstatsd.intake import STANDARD_PREFIXES, StatsdOptions
from doghouse.agent.errors import AgentError, ConfigurationError
from doghouse.agent.settings import Settings, load
from doghouse.numbers import whole_number
from doghouse.storage import config

LARGEST_PORT = 65535
_BLOCKLISTS = ("statsd_metric_namespace_blocklist", "statsd_metric_namespace_blacklist")


def conf_folder(settings: Settings) -> Path:
    """Where configurations are without --conf: `confd_path`, else ./conf.d. Raises ConfigurationError."""
    folder = Path(str(settings.get("confd_path") or "conf.d"))
    if not folder.is_dir():
        raise ConfigurationError(str(folder), 0, "there is no such folder; give --conf DIR")
    return folder


def with_key(datadog_yaml: Path | None, url: str, keys_file: Path | None) -> Settings:
    """The settings, with a key: of --keys-file, DD_API_KEY, datadog.yaml, DOGHOUSE_API_KEY, or the default doghouse of this user. Raises ConfigurationError."""
    key = _key_of(keys_file) if keys_file else ""
    settings = load(datadog_yaml, os.environ, url=url, api_key=key)
    if settings.api_key:
        return settings
    api_key = os.environ.get("DOGHOUSE_API_KEY", "")
    default = config.default_folder() / "keys.json"
    if not api_key and default.is_file():
        api_key = _key_of(default)
    if not api_key:
        raise ConfigurationError(
            "API key", 0, "there is none: give --keys-file, DD_API_KEY, or api_key in datadog.yaml"
        )
    return load(datadog_yaml, os.environ, url=url, api_key=api_key)


def histogram_options(settings: Settings) -> Options:
    """What checks' histograms send (`histogram_aggregates`, `histogram_percentiles` as shares: "0.95"). Raises ConfigurationError."""
    default = Options()
    aggregates = settings.strings("histogram_aggregates")
    try:
        shares = [float(text) for text in settings.strings("histogram_percentiles")]
    except ValueError:
        shares = [math.nan]
    if not all(0 < share <= 1 for share in shares):
        value = settings.get("histogram_percentiles")
        raise ConfigurationError(
            "histogram_percentiles", 0, f"must be a list of shares above 0 and at most 1, found {value!r}"
        )
    percents = tuple(int(share * 100 + 0.5) for share in shares)
    return Options(1, aggregates or default.aggregates, percents or default.percentiles)


def statsd_options(settings: Settings) -> StatsdOptions:
    """What DogStatsD adds to names and tags."""
    without = next((key for key in _BLOCKLISTS if settings.get(key) is not None), None)
    copied = settings.get("histogram_copy_to_distribution") is True
    return StatsdOptions(
        tags=settings.strings("dogstatsd_tags"),
        namespace=str(settings.get("statsd_metric_namespace") or ""),
        without_namespace=STANDARD_PREFIXES if without is None else settings.strings(without),
        distribution_prefix=str(settings.get("histogram_copy_to_distribution_prefix") or "") if copied else None,
    )


def statsd_port(settings: Settings) -> int:
    """`dogstatsd_port`. Raises AgentError."""
    value = settings.get("dogstatsd_port")
    port = value if type(value) is int else whole_number(str(value or 0))
    if port is None or not 0 <= port <= LARGEST_PORT:
        raise AgentError(f"dogstatsd_port must be a number from 0 to {LARGEST_PORT}, found {value!r}")
    return port


def _key_of(path: Path) -> str:
    try:
        return str(files.json_of(path, files.LARGEST_SETTINGS)["api_key"])
    except files.FileError as error:
        raise ConfigurationError(str(path), error.line, str(error)) from None
    except (KeyError, TypeError):
        raise ConfigurationError(str(path), 0, "is not JSON with api_key") from None
