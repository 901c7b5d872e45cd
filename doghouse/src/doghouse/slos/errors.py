"""The errors about SLOs, with the evidence for each text: a recorded case, a public issue, or GUESS where Datadog's words are not known."""

from collections.abc import Iterable

from doghouse.web.errors import ApiError


def slo_not_found(slo_id: str) -> ApiError:
    """Recorded for DELETE: delete_an_slo_returns_not_found_response. GUESS: reads and updates answer the same."""
    return ApiError(404, f"SLO not found: {slo_id} not found")


def invalid_slo(text: str) -> ApiError:
    """Why an SLO is refused; the texts stand with the rules in `slos.reading`."""
    return ApiError(400, text)


def unusable_monitors(ids: Iterable[int]) -> ApiError:
    """Monitors that are none, or of another type (terraform-provider-datadog issue 579)."""
    named = ", ".join(map(str, ids))
    return ApiError(400, f"Invalid payload: invalid monitor ids: {named}, monitors not found or not supported SLO")


def correction_not_found(correction_id: str) -> ApiError:
    """Recorded for GET: TestAccDatadogSloCorrection_Recurring of terraform-provider-datadog (2021 and 2026). GUESS: updates and deletions answer the same."""
    return ApiError(404, f"slo correction public id {correction_id} not found")


def invalid_correction(text: str) -> ApiError:
    """Why a correction is refused (GUESS: the texts)."""
    return ApiError(400, f"Invalid payload: {text}")


def in_use(slo_id: str, name: str, dashboards: Iterable[str]) -> str:
    """An SLO that dashboards show (GUESS: the text, made like the one of monitors that SLOs are made of)."""
    return f"slo [{slo_id},{name}] is referenced in dashboards: [{', '.join(dashboards)}]"


def slo_in_use(text: str) -> ApiError:
    """The schema: 409 without `force`."""
    return ApiError(409, text)
