"""Takes reports in: finds out who asks, and gives the command that does the rest."""

from collections.abc import Callable
from uuid import UUID, uuid5

from api.intake.ports import Handed
from api.intake.reports import OPENING, MessageReport, OpenReport, Report, ResolveReport, Sender
from commands.envelope import Request
from commands.handle import Handler
from commands.open_ticket import OpenTicket
from commands.take_in import HandedIn, Newcomer, Resolves, TakeIn, Writes, command_id_of
from domain.access import Principal
from domain.actor import Actor, ActorKind
from domain.errors import CommandIdReused
from domain.ids import AgentId, RequesterId, TicketId, WorkspaceId, ticket_stream
from domain.intake import IntakeTaken, Taken
from domain.people.requester import Medium
from domain.position import Position
from projections.people import comparable, requesters_at
from projections.ports import Reader

_NAMESPACE = UUID("0d6b3f0a-6f3e-5d0e-9c55-2f7d1b8e4a90")


class Intake:
    """Safe to share between threads."""

    def __init__(self, handler: Handler, reader: Callable[[WorkspaceId], Reader]) -> None:
        self._handler = handler
        self._reader = reader

    def take(self, principal: Principal, report: Report, *, by_name: bool = False) -> Handed:
        """Take a report in, once. Raises what a Handler raises."""
        workspace = principal.workspace
        asked, by = self._asked(principal, report)
        command_id = command_id_of(report.source, report.external_id)
        request = Request(workspace=workspace, command=asked, command_id=command_id, by=by)
        try:
            outcome = self._handler.handle(request)
        except CommandIdReused:
            conversation = self._handler.states.load(workspace, asked.stream).state
            if not by_name or conversation.ticket is None:
                raise
            return self._handed(workspace, Taken.NOTHING, conversation.ticket, None, repeated=True)
        taken = next(r.event for r in outcome.events if isinstance(r.event, IntakeTaken))
        position, repeated = outcome.position, outcome.repeated
        return self._handed(workspace, taken.taken, taken.ticket, position, repeated=repeated)

    def _handed(
        self,
        workspace: WorkspaceId,
        taken: Taken,
        ticket: TicketId,
        position: Position | None,
        *,
        repeated: bool,
    ) -> Handed:
        number = self._handler.states.load(workspace, ticket_stream(ticket)).state.number
        return Handed(
            taken=taken, ticket=ticket, number=number, repeated=repeated, position=position
        )

    def _asked(self, principal: Principal, report: Report) -> tuple[TakeIn, Actor]:
        what: OpenTicket | Writes | Resolves
        match report:
            case ResolveReport():
                who, newcomer = None, None
                what = Resolves(code=report.code, note=report.note)
            case MessageReport():
                who, newcomer = self._who(principal.workspace, report.source, report.requester)
                what = Writes(
                    requester=who, body=report.body, channel=report.channel, format=report.format
                )
            case OpenReport():
                who, newcomer = self._who(principal.workspace, report.source, report.requester)
                what = _opening(report, who)
        asked = TakeIn(
            source=report.source,
            external_id=report.external_id,
            conversation=report.conversation or report.external_id,
            report=what,
            newcomer=newcomer,
            handed_in=HandedIn(by=AgentId(principal.person), token=principal.token),
        )
        if who is None:
            rule = f"intake of {report.source}"
            return asked, Actor(kind=ActorKind.RULE, id=rule, rule_version=1)
        return asked, Actor(kind=ActorKind.REQUESTER, id=who)

    def _who(
        self, workspace: WorkspaceId, source: str, sender: Sender
    ) -> tuple[RequesterId, Newcomer | None]:
        """The requester; one who is not known yet gets an id that follows from the address.

        So two reports of the same newcomer name the same one, before any view shows them.
        """
        if sender.id is not None:
            return RequesterId(sender.id), None
        newcomer = Newcomer(
            display_name=sender.name or sender.email or sender.phone or sender.external_id or "",
            emails=() if sender.email is None else (sender.email,),
            phones=() if sender.phone is None else (sender.phone,),
            language=sender.language,
        )
        for medium, address in ((Medium.EMAIL, sender.email), (Medium.PHONE, sender.phone)):
            if address is not None:
                found = requesters_at(self._reader(workspace), medium, address)
                known = comparable(medium, address)
                return _first(found, f"{medium.value}\n{known}"), newcomer
        return _first([], f"{source}\n{sender.external_id}"), newcomer


def _first(found: list[dict[str, str]], name: str) -> RequesterId:
    return RequesterId(found[0]["id"] if found else str(uuid5(_NAMESPACE, name)))


def _opening(report: OpenReport, requester: RequesterId) -> OpenTicket:
    said = {name: getattr(report, name) for name in OPENING}
    return OpenTicket(requester=requester, **said)
