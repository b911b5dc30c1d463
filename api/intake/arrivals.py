"""A record that came by a topic: the report in it, or why it is refused, as the API tells it."""

from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from api.errors import from_faults, from_refusal
from api.intake.ports import Handed, Takes
from api.intake.reports import REPORTS, Report
from api.problems import PROBLEMS, Problem
from api.text import read_json
from commands.intake_ports import Delivery, Reason
from domain.access import Principal
from domain.errors import Refused


class Unfit(Exception):
    """A record holds no report that could be taken in."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.message)
        self.reason = reason


def report_in(delivery: Delivery) -> Report:
    """The report of a record. Raises Unfit."""
    try:
        report = _read(delivery.value or b"")
    except Problem as problem:
        raise Unfit(reason_of(problem)) from None
    expected = key_of(report)
    if report.conversation is not None and delivery.key != expected:
        raise Unfit(
            Reason(
                code="invalid",
                field="key",
                message=f"The key of the record must be {expected.decode()!r}: without it, what"
                " belongs together may be taken in out of order.",
                what_to_do="Send it with that key.",
            )
        )
    return report


def take(takes: Takes, principal: Principal, report: Report) -> Handed:
    """Take it in. Raises Unfit for what is refused, and all else that `Takes` raises."""
    try:
        return takes.take(principal, report)
    except Refused as refusal:
        raise Unfit(reason_of(from_refusal(refusal, principal))) from refusal


def key_of(report: Report) -> bytes:
    """What the key of a report's record must be, so that its conversation keeps its order.

    A report that stands alone may have any key.
    """
    return f"{report.source}:{report.conversation or report.external_id}".encode()


def reason_of(problem: Problem) -> Reason:
    """A problem of the API, in what fits beside a record."""
    errors: Any = problem.details.get("errors") or [{}]
    first = errors[0]
    return Reason(
        code=problem.code,
        message=str(problem.detail),
        field=first.get("field", ""),
        what_to_do=first.get("what_to_do") or PROBLEMS[problem.code].remedy,
    )


def _read(value: bytes) -> Report:
    """Raises Problem."""
    try:
        return REPORTS.validate_python(read_json(value))
    except ValidationError as error:
        # The first part of the place only repeats the kind of report.
        faults = [
            {**fault, "loc": ("body", *fault["loc"][1:])}
            for fault in error.errors(include_url=False, include_context=False)
        ]
        raise from_faults(RequestValidationError(faults)) from None
