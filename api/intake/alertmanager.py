"""What a Prometheus Alertmanager sends (webhook version 4), as reports.

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config

A group of alerts is a conversation: one ticket, however many alerts there are in it. A notification
that says what an earlier one said has the name of that one, so that repeats are taken in once.
"""

import hashlib
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.bodies import Text
from api.intake.reports import OpenReport, Report, ResolveReport, Sender
from domain.checks import SUBJECT_LIMIT, is_field_name
from domain.ticket.words import Channel, Priority

MOST_ALERTS = 1_000
_SHOWN = 50
_FIELDS = 20
_PRIORITIES = {
    "critical": Priority.URGENT,
    "page": Priority.URGENT,
    "error": Priority.HIGH,
    "high": Priority.HIGH,
    "warning": Priority.NORMAL,
    "info": Priority.LOW,
    "none": Priority.LOW,
}
"""What is usual in the label `severity`; anything else is normal."""


class _Sent(BaseModel):
    """Later versions of Alertmanager may send more."""

    model_config = ConfigDict(extra="ignore")


class Alert(_Sent):
    """One alert. Ends when `endsAt` says, if it is resolved."""

    status: Literal["firing", "resolved"]
    labels: dict[str, Text] = {}
    annotations: dict[str, Text] = {}
    startsAt: Text = ""  # noqa: N815 - as it is sent
    endsAt: Text = ""  # noqa: N815
    generatorURL: Text = ""  # noqa: N815
    fingerprint: Text = ""


class AlertGroup(_Sent):
    """A group of alerts, as it is now."""

    version: Literal["4"] = "4"
    groupKey: Text = Field(min_length=1, max_length=10_000)  # noqa: N815
    status: Literal["firing", "resolved"]
    receiver: Text = ""
    groupLabels: dict[str, Text] = {}  # noqa: N815
    commonLabels: dict[str, Text] = {}  # noqa: N815
    commonAnnotations: dict[str, Text] = {}  # noqa: N815
    externalURL: Text = ""  # noqa: N815
    alerts: list[Alert] = Field(min_length=1, max_length=MOST_ALERTS)


def report_of(sent: AlertGroup, source: str, queue: str | None = None) -> Report:
    """What a notification means: the group fires (again, or with others in it), or is over."""
    conversation = _digest([sent.groupKey])
    said = [f"{one.status} {one.fingerprint} {one.startsAt}" for one in sent.alerts]
    if sent.status == "resolved":
        ended = [f"{line} {one.endsAt}" for line, one in zip(said, sent.alerts, strict=True)]
        return ResolveReport(
            kind="resolve",
            source=source,
            external_id=_digest([sent.groupKey, *sorted(ended)]),
            conversation=conversation,
            code="recovered",
            note=_text(sent),
        )
    severity = sent.commonLabels.get("severity", "").lower()
    return OpenReport(
        kind="open",
        source=source,
        external_id=_digest([sent.groupKey, *sorted(said)]),
        conversation=conversation,
        requester=Sender(external_id="alertmanager", name="Alertmanager"),
        subject=_subject(sent),
        description=_text(sent),
        channel=Channel.MONITORING,
        queue=queue,
        priority=_PRIORITIES.get(severity, Priority.NORMAL),
        tags=("alert",),
        fields={
            name: value[:200]
            for label, value in sorted(sent.groupLabels.items())[:_FIELDS]
            if is_field_name(name := f"alert_{label.lower()}")
        },
    )


def _subject(sent: AlertGroup) -> str:
    labels = ", ".join(f"{k}={v}" for k, v in sorted(sent.groupLabels.items()) if k != "alertname")
    name = sent.commonLabels.get("alertname") or sent.groupLabels.get("alertname") or "Alert"
    usual = f"{name} ({labels})" if labels else name
    said = sent.commonAnnotations.get("summary", "").strip() or usual
    return " ".join(said.split())[:SUBJECT_LIMIT]


def _text(sent: AlertGroup) -> str:
    """What fires, then what is over, an alert a line; many alerts make no long text."""
    lines = []
    for status, words in (("firing", "Firing"), ("resolved", "Over")):
        alerts = sorted(
            (one for one in sent.alerts if one.status == status),
            key=lambda one: (one.startsAt, one.fingerprint),
        )
        if alerts:
            lines += [f"{words}: {len(alerts)}", *_lines(alerts), ""]
    if sent.externalURL:
        lines.append(sent.externalURL)
    return "\n".join(lines).strip()


def _lines(alerts: Sequence[Alert]) -> list[str]:
    shown = [f"- {_line(one)}"[:500] for one in alerts[:_SHOWN]]
    more = len(alerts) - _SHOWN
    return [*shown, *([f"- and {more} more"] if more > 0 else [])]


def _line(alert: Alert) -> str:
    said = alert.annotations.get("description") or alert.annotations.get("summary") or ""
    labels = ", ".join(f"{name}={value}" for name, value in sorted(alert.labels.items()))
    since = f" since {alert.startsAt}" if alert.startsAt else ""
    ended = f" until {alert.endsAt}" if alert.status == "resolved" and alert.endsAt else ""
    where = f" {alert.generatorURL}" if alert.generatorURL else ""
    return f"{said + ' ' if said else ''}[{labels}]{since}{ended}{where}"


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]
