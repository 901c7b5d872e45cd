"""The errors about metrics, with the evidence for each text: a recorded case, a schema, or `ours` where Datadog's words are not known."""

from doghouse.web.errors import ApiError


def payload_unreadable(reason: str) -> ApiError:
    """A body that an intake cannot read (seen in 2017, there as plain text: issue 719 of kamon-io/Kamon)."""
    return ApiError(400, f"Payload is not in the expected format: {reason}")


def metric_not_found(metric: str) -> ApiError:
    """Recorded for tag configurations: v2 delete_a_tag_configuration_returns_no_content_response; of metadata: terraform-provider-datadog issue 3526."""
    return ApiError(404, f"{metric} not found")


def metric_not_described() -> ApiError:
    """Metadata of a metric that has no points (datadog-sync-cli pull request 617; until 2024 it was 404, terraform-provider-datadog issue 918)."""
    return ApiError(400, "error updating metric metadata")


def metric_unknown() -> ApiError:
    """A tag configuration of a metric that nobody sent or described (terraform-provider-datadog issue 4016)."""
    return ApiError(400, "Cannot configure tags on a metric that does not exist.")


def integrations_metric(metric: str) -> ApiError:
    """A tag configuration of a metric of one of Datadog's integrations (terraform-provider-datadog issues 1633 and 4168)."""
    return ApiError(400, f"Cannot configure tags on metric because metric is an integration metric: {metric}.")


def no_percentiles(metric_type: str) -> ApiError:
    """`include_percentiles` of another type than distribution (that: terraform-provider-datadog pull request 1949; the words are ours)."""
    return ApiError(400, f"include_percentiles is not allowed with metric_type {metric_type}, only with distribution")


def already_configured() -> ApiError:
    """A second tag configuration of a metric (terraform-provider-datadog issues 1294 and 2549; seen for gauges and rates)."""
    return ApiError(409, "New gauge/count/rate conflicts with existing tag configuration, use PATCH to update")
