"""What a body asks for: the command in it, made in the same way for one ticket and for many."""

from collections.abc import Iterable
from functools import cache

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from api.attaching import attached
from api.bodies import body_of, values_of
from api.command_paths import REQUESTER_MAY, Place, place_of
from api.problems import Problem
from api.reading import Reading, is_ticket_id
from api.services import Services
from commands.envelope import Command
from domain.access import Principal
from domain.ids import TicketId
from domain.record import record


@record
class Asked:
    """A command at the front door: where it is asked for, and the body that carries it."""

    command: type[Command]
    place: Place
    wire: type[BaseModel]

    @property
    def needs_body(self) -> bool:
        """Whether it cannot be asked for without a body."""
        return any(field.is_required() for field in self.wire.model_fields.values())

    async def made(
        self, services: Services, principal: Principal, body: BaseModel | None, thing: str
    ) -> Command:
        """The command; `thing` is what the address names.

        Raises Problem (not-found, forbidden), or Invalid for a file that was not uploaded.
        """
        values = values_of(body if body is not None else self.wire(), self.command)
        if principal.is_requester:
            _refuse_what_is_not_theirs(self.command, principal, body)
        if "requester" in _filled_in(self.command) and values["requester"] is None:
            values["requester"] = _oneself(principal)
        if self.place.thing == "ticket":
            values["ticket"] = await _ticket(services, principal, thing)
        elif self.place.thing is not None:
            values[self.place.thing] = thing
        if values.get("attachments"):
            values["attachments"] = await run_in_threadpool(
                attached, services, principal, values["attachments"]
            )
        return self.command(**values)


def asks_of(commands: Iterable[type[Command]]) -> dict[str, Asked]:
    """How each command that has an address is asked for, by its public name."""
    chosen = [command for command in commands if not command.is_internal]
    return {command.name: _asked(command) for command in chosen}  # type: ignore[arg-type]


@cache
def _asked(command: type[Command]) -> Asked:
    place = place_of(command)
    without = frozenset[str]() if place.thing is None else frozenset({place.thing})
    return Asked(command=command, place=place, wire=body_of(command, without, _filled_in(command)))


def _filled_in(command: type[Command]) -> frozenset[str]:
    """Fields that a requester need not fill in: who asks is who is signed in."""
    may_be_left_out = command.name == "open_ticket"
    return frozenset({"requester"}) if may_be_left_out else frozenset()


async def _ticket(services: Services, principal: Principal, reference: str) -> TicketId:
    """The ticket that an address names. Raises Problem (not-found)."""
    if is_ticket_id(reference) and not principal.is_requester:
        return TicketId(reference)
    reading = Reading(principal=principal, services=services, position=None)
    if principal.is_requester:
        return (await run_in_threadpool(reading.ticket, reference))[0]
    return await run_in_threadpool(reading.ticket_id, reference)


def _oneself(principal: Principal) -> str:
    if principal.is_requester:
        return principal.person
    fault = {
        "in": "body",
        "field": "requester",
        "message": "field required",
        "what_to_do": "Say whose request it is.",
    }
    raise Problem("invalid", "requester: field required.", errors=[fault])


def _refuse_what_is_not_theirs(
    command: type[Command], principal: Principal, body: BaseModel | None
) -> None:
    """A requester fills in what is theirs, and speaks for nobody else."""
    theirs = REQUESTER_MAY[command.name]
    given = body.model_fields_set if body is not None else set()
    foreign = sorted(given - theirs)
    if foreign:
        raise Problem(
            "forbidden",
            f"A requester may not fill in {' and '.join(foreign)}.",
            allowed=sorted(theirs),
        )
    if getattr(body, "requester", None) not in (None, principal.person):
        raise Problem("forbidden", "A requester asks for themselves only.", allowed=[])
