"""Which role may do what. This one literal table is all there is; every route names its line."""

from enum import StrEnum

from domain.access import Role

REQUESTER, AGENT, LEAD = Role.REQUESTER, Role.AGENT, Role.LEAD
AUDITOR, ANALYST, ADMIN = Role.AUDITOR, Role.ANALYST, Role.ADMIN

EVERYONE = frozenset(Role)
STAFF = EVERYONE - {REQUESTER}
WORKERS = frozenset({AGENT, LEAD, ADMIN})
LEADS = frozenset({LEAD, ADMIN})


class Permission(StrEnum):
    """What somebody may do, in words that a refusal can repeat: "may not see KPI"."""

    SEE_ONESELF = "see oneself"
    SEE_TICKETS = "see tickets"  # a requester: own tickets, and of them what is public
    SEE_EVENTS = "see events"  # as above
    SEE_QUEUES = "see queues"  # a requester: a list of own tickets
    SEE_COUNTERS = "see counters"
    SEE_SLA = "see SLA clocks"
    SEE_KPI = "see KPI"
    SEE_HISTORY = "see how tickets changed inside"
    SEE_CUSTOMERS = "see requesters and organisations"
    SEE_COLLEAGUES = "see agents, teams and queues"
    SEE_CONFIGURATION = "see saved views, canned responses, macros and fields"
    SEE_PRESENCE = "see who is on a ticket"
    SEE_METRICS = "see metrics"
    FOLLOW_FEED = "follow everything that happens"
    ASK = "open tickets, write, confirm, reopen, rate"  # a requester: on own tickets
    WORK = "work on tickets"
    HAND_IN = "hand in requests of others"
    KEEP_CUSTOMERS = "keep requesters and organisations"
    RUN_TEAMS = "run teams and queues"
    RUN_DESK = "run the desk"
    MANAGE_TOKENS = "manage tokens"


ALLOWED: dict[Permission, frozenset[Role]] = {
    Permission.SEE_ONESELF: EVERYONE,
    Permission.SEE_TICKETS: WORKERS | {AUDITOR, REQUESTER},
    Permission.SEE_EVENTS: WORKERS | {AUDITOR, REQUESTER},
    Permission.SEE_QUEUES: EVERYONE,
    Permission.SEE_COUNTERS: STAFF,
    Permission.SEE_SLA: STAFF,
    Permission.SEE_KPI: LEADS | {AUDITOR, ANALYST},
    Permission.SEE_HISTORY: WORKERS | {AUDITOR},
    Permission.SEE_CUSTOMERS: WORKERS | {AUDITOR},
    Permission.SEE_COLLEAGUES: STAFF,
    Permission.SEE_CONFIGURATION: STAFF,
    Permission.SEE_PRESENCE: WORKERS | {AUDITOR},
    Permission.SEE_METRICS: frozenset({ADMIN, AUDITOR, ANALYST}),
    Permission.FOLLOW_FEED: frozenset({ADMIN, AUDITOR}),
    Permission.ASK: WORKERS | {REQUESTER},
    Permission.WORK: WORKERS,
    Permission.HAND_IN: WORKERS,
    Permission.KEEP_CUSTOMERS: WORKERS,
    Permission.RUN_TEAMS: LEADS,
    Permission.RUN_DESK: frozenset({ADMIN}),
    Permission.MANAGE_TOKENS: frozenset({ADMIN}),
}
