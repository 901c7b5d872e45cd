"""The errors about webhooks, with the evidence for each text: a recorded case, a public issue, or `ours` where Datadog's words are not known."""

from doghouse.web.errors import ApiError


def webhook_not_found() -> ApiError:
    """Recorded: delete_a_webhook_returns_ok_response."""
    return ApiError(404, "Webhook does not exist")


def variable_not_found() -> ApiError:
    """Recorded: delete_a_custom_variable_returns_ok_response."""
    return ApiError(404, "Custom variable does not exist")


def invalid_webhook() -> ApiError:
    """The words are Datadog's (an issue of its Terraform provider, 2618).

    GUESS: what they are for: blanks in a name, a name that is taken, text that is no JSON.
    """
    return ApiError(400, "Invalid webhook")


def invalid_variable(reason: str) -> ApiError:
    """A custom variable that is refused (ours)."""
    return ApiError(400, f"Invalid custom variable: {reason}")
