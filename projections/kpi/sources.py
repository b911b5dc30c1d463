"""Which facts each figure counts: SQL that gives one row per thing counted.

Every source has the columns ticket, at, value, version, versions and the dimensions. Parameters:
`as_of`, and `moments`, the instants at which stocks are taken.
"""

from domain.sla.policy import ClockName
from projections.kpi.definitions import FIRST_CONTACT_DAYS, POSITIVE_SCORE
from projections.kpi.rows import DIMENSIONS

_KNOWN = "f.known_from <= %(as_of)s AND (f.known_until IS NULL OR f.known_until > %(as_of)s)"
"""The fact was so in the light of what was known then."""

_DIMENSIONS = ", ".join(f"f.{name}" for name in DIMENSIONS)
_DAYS = f"interval '{FIRST_CONTACT_DAYS} days'"


def _facts(
    table: str,
    what: str,
    value: str = "1",
    where: str = "true",
    *,
    versions: str = "f.versions",
    more: str = "",
) -> str:
    return (
        f"SELECT f.ticket, f.at, ({value})::float8 AS value, f.version, {versions} AS versions,"  # noqa: S608 - literals
        f" {_DIMENSIONS}{more} FROM read.{table} f"
        f" WHERE f.what = '{what}' AND {_KNOWN} AND {where}"
    )


def _changes_per_ticket(what: str, where: str = "true") -> str:
    return (
        "SELECT f.ticket, f.at, coalesce(c.times, 0)::float8 AS value, f.version,"  # noqa: S608 - literals
        f" f.versions || coalesce(c.versions, '{{}}') AS versions, {_DIMENSIONS}"
        " FROM read.kpi_opened f LEFT JOIN ("
        "SELECT f.ticket, count(*) AS times, array_agg(f.version ORDER BY f.version) AS versions"
        f" FROM read.kpi_change f WHERE f.what = '{what}' AND {_KNOWN} AND {where}"
        " GROUP BY f.ticket"
        f") c ON c.ticket = f.ticket WHERE f.what = 'opened' AND {_KNOWN}"
    )


_ENDS = "f.versions[1:1] || f.versions[cardinality(f.versions):]"
"""A duration rests on the events at its two ends alone."""

_LATER = "array_remove(f.versions || f.later_version, NULL)"


def _stock(value: str, versions: str) -> str:
    """Tickets in the backlog at each of the moments.

    A spell is seen at the moments from its beginning until just before its end: those whose
    numbers lie between the two. Most spells see none, and cost nothing; those that were over
    before the first moment are not even read.
    """
    columns = (
        "f.ticket, f.version, f.versions, f.at AS since, f.age_from, f.age_version,"
        f" {_DIMENSIONS}, width_bucket(f.at - interval '1 microsecond', %(moments)s) + 1 AS lowest"
    )
    of_ticket = (
        "SELECT ticket, since_version AS version, ARRAY[since_version] AS versions, since AS at,"  # noqa: S608 - literals
        f" known_from, NULL::timestamptz AS known_until, age_from, age_version, status_category,"
        f" {', '.join(DIMENSIONS)} FROM read.kpi_ticket"
    )
    waits = "f.status_category NOT IN ('done', 'final')"
    return (
        f"SELECT f.ticket, m.at, ({value})::float8 AS value, f.version, {versions} AS versions,"  # noqa: S608 - literals
        f" {_DIMENSIONS} FROM ("
        f"SELECT {columns}, coalesce("
        "width_bucket(f.later_at - interval '1 microsecond', %(moments)s), cardinality(%(moments)s)"
        f") AS highest FROM read.kpi_spell f WHERE {waits} AND {_KNOWN}"
        " AND (f.later_at > (%(moments)s)[1] OR f.later_at IS NULL)"
        f" UNION ALL SELECT {columns}, cardinality(%(moments)s) FROM ({of_ticket}) f"
        f" WHERE {waits} AND {_KNOWN}"
        ") f CROSS JOIN LATERAL generate_series(f.lowest, f.highest) AS n"
        " CROSS JOIN LATERAL (SELECT (%(moments)s)[n] AS at) m WHERE f.lowest <= f.highest"
    )


def _attainment(clock: str) -> str:
    """Decided clocks, and those that ran out since the last event on their ticket."""
    return (
        f"{_facts('sla_decision', clock, 'f.score')} UNION ALL"  # noqa: S608 - literals
        " SELECT f.ticket, f.due_at AS at, 0::float8 AS value, f.instance AS version, f.versions,"
        f" {_DIMENSIONS} FROM read.sla_clock f"
        f" WHERE f.clock = '{clock}' AND f.state = 'running' AND f.due_at < %(as_of)s"
    )


_SETTLED = f"f.at + {_DAYS} <= %(as_of)s"
_AT_FIRST_CONTACT = (
    "(f.replies = 1 AND f.reopens = 0"
    f" AND (f.later_at IS NULL OR f.later_at >= f.at + {_DAYS}))::int"
)

SOURCES: dict[str, str] = {
    "opened": _facts("kpi_opened", "opened"),
    "resolved": _facts("kpi_resolved", "resolved", versions="ARRAY[f.version]"),
    "closed": _facts("kpi_change", "closed"),
    "reopened": _facts("kpi_change", "reopened"),
    "cancelled": _facts("kpi_change", "cancelled"),
    "merged": _facts("kpi_change", "merged"),
    "backlog": _stock("1", "f.versions"),
    "backlog_age": _stock("extract(epoch FROM m.at - f.age_from)", "ARRAY[f.age_version]"),
    "time_to_acknowledge": _facts("kpi_response", "acknowledged", "f.seconds"),
    "first_response_time": _facts("kpi_response", "first_response", "f.seconds"),
    "next_response_time": _facts("kpi_response", "next_response", "f.seconds"),
    "first_resolution_time": _facts(
        "kpi_resolved", "resolved", "f.seconds", "f.nth = 1", versions=_ENDS
    ),
    "full_resolution_time": _facts(
        "kpi_resolved", "resolved", "f.seconds", "f.latest", versions=_ENDS
    ),
    "requester_wait_time": _facts(
        "kpi_resolved", "resolved", "f.active_seconds + f.third_party_seconds", "f.latest"
    ),
    "agent_work_time": _facts("kpi_resolved", "resolved", "f.active_seconds", "f.latest"),
    "pending_time": _facts("kpi_resolved", "resolved", "f.requester_seconds", "f.latest"),
    "on_hold_time": _facts("kpi_resolved", "resolved", "f.third_party_seconds", "f.latest"),
    "first_contact_resolution": _facts(
        "kpi_resolved", "resolved", _AT_FIRST_CONTACT, _SETTLED, versions=_LATER
    ),
    "reopen_rate": _facts(
        "kpi_resolved",
        "resolved",
        "(f.later_at IS NOT NULL)::int",
        versions=_LATER,
        more=", (f.nth = 1 AND f.latest) AS is_only",
    ),
    "reassignments": _changes_per_ticket("reassigned"),
    "queue_changes": _changes_per_ticket("queue_changed"),
    "queue_returns": _changes_per_ticket("queue_changed", "f.score = 1"),
    "csat": _facts("kpi_change", "rated", f"(f.score >= {POSITIVE_SCORE})::int", "f.latest"),
    "csat_response_rate": _facts(
        "kpi_change", "surveyed", "(f.later_at IS NOT NULL)::int", versions=_LATER
    ),
    **{f"{clock}_attainment": _attainment(clock) for clock in ClockName},
}
"""Figure id to source: one for each definition."""

ONCE_PER_TICKET = frozenset({"reopen_rate"})
"""Figures over tickets whose source may name a ticket several times; the highest value counts.

Their sources say with `is_only` which rows are the only ones of their ticket.
"""
