"""The errors about notification rules, with the evidence for each text: a recorded case, or `ours` where Datadog's words are not known."""

from doghouse.monitors.notification_rules.store import MOST_RULES
from doghouse.web.errors import ApiError


def invalid_rule(text: str) -> ApiError:
    """Why a rule is refused; the texts stand with the checks in `.model` and `.scope`."""
    return ApiError(400, text)


def rule_not_found() -> ApiError:
    """Recorded: get_, update_ and delete_a_monitor_notification_rule_returns_not_found_response."""
    return ApiError(404, "Monitor Notification Rule not found")


def too_many_rules() -> ApiError:
    """More rules than an organisation has (ours; the limit is documented)."""
    return ApiError(400, f"an organization has {MOST_RULES} monitor notification rules at most")
