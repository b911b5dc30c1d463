"""The living help desk that `serve --demo` shows: simulated tickets, and logins for each role."""

import time
from datetime import timedelta

from api.console.demo_configuration import set_up
from api.console.demo_promises import promise
from api.console.terminal import progress
from api.services import Services
from domain.access import Role
from domain.actor import Actor, ActorKind
from domain.ids import WorkspaceId
from projections import people
from projections.ports import Reader

TICKETS = 2_000
_SPAN = timedelta(days=60)
_SEED = 7
_GLANCE = 0.1  # seconds between looks at how far the views are

_STAFF = {
    "admin": (Role.ADMIN, "agent-005"),
    "lead": (Role.LEAD, "agent-002"),
    "agent": (Role.AGENT, "agent-003"),
    "auditor": (Role.AUDITOR, "agent-007"),
    "analyst": (Role.ANALYST, "agent-006"),
}
"""Login -> role, and the simulated agent whom it belongs to."""

_ADMIN = Actor(kind=ActorKind.AGENT, id=_STAFF["admin"][1])


def make_demo(opened: Services, password: str) -> str:
    """Fill an empty desk, go on with a half-filled one, and add logins; a line for the user.

    A desk with tickets of its own gets the logins only.
    """
    _fill(opened)
    _show(opened)
    reader = opened.reader(WorkspaceId(opened.settings.workspace))
    for login, (role, person) in _STAFF.items():
        name = people.named(reader, "agent", [person]).get(person, login.capitalize())
        _login(opened, login, role, person, name, password)
    if requester := _busiest_requester(reader):
        name = people.named(reader, "requester", [requester]).get(requester, "Requester")
        _login(opened, "requester", Role.REQUESTER, requester, name, password)
    others = ", ".join(f"{login}@" for login in [*_STAFF, "requester"] if login != "admin")
    return f"sign in as admin@demo.example with the password {password} (also {others})"


def _fill(opened: Services) -> None:
    from api.wiring.histories import tell_histories

    first = next(iter(opened.feed.page(opened.feed.lanes()[0], 0, 1)), None)
    if first is not None and first.source is None:
        return
    # An interrupted first start is gone on with: its first event tells when the stories began.
    start = first.occurred_at if first else opened.clock.now() - _SPAN
    if first is not None and _highest_number(opened) >= TICKETS:
        set_up(opened, _ADMIN)
        return
    told = 0
    with progress("simulating tickets") as advance:

        def tell(tickets: int, _: int) -> None:
            nonlocal told
            told += tickets
            advance(told, TICKETS)

        tell_histories(
            opened, tickets=TICKETS, seed=_SEED, start=start, end=start + _SPAN, progress=tell
        )
    promise(opened, start)
    set_up(opened, _ADMIN)


def _show(opened: Services) -> None:
    """Bring the views up to date for the first look, together with the other worker."""
    with progress("building views") as advance:
        while True:
            lags = opened.runner.lag()
            advance(sum(lag.position for lag in lags), sum(lag.head for lag in lags))
            if not any(lag.events for lag in lags):
                return
            if not opened.runner.step():
                time.sleep(_GLANCE)


def _login(opened: Services, login: str, role: Role, person: str, name: str, password: str) -> None:
    opened.sessions.put_account(
        workspace=WorkspaceId(opened.settings.workspace),
        email=f"{login}@demo.example",
        person=person,
        role=role,
        name=name,
        password=password,
    )


def _highest_number(opened: Services) -> int:
    _show(opened)
    reader = opened.reader(WorkspaceId(opened.settings.workspace))
    found = reader.fetch("SELECT max(number) AS highest FROM read.ticket")
    return int(found[0]["highest"] or 0)


def _busiest_requester(reader: Reader) -> str | None:
    """Who has most to look at: the most open tickets."""
    found = reader.fetch(
        "SELECT requester FROM read.ticket WHERE backlog"
        " GROUP BY requester ORDER BY count(*) DESC, requester LIMIT 1"
    )
    return str(found[0]["requester"]) if found else None
