"""Takes reports in: finds out who asks, and gives the command that does the rest."""

from collections.abc import Callable
from dataclasses import fields

from starlette.concurrency import run_in_threadpool

from api.intake.addresses import Addresses, of_name
from api.intake.ports import Handed
from api.intake.reports import OPENING, MessageReport, OpenReport, Report, ResolveReport, Sender
from commands.envelope import Outcome, Request
from commands.handle import Handler
from commands.open_ticket import OpenTicket
from commands.ports import AsyncPorts
from commands.take_in import HandedIn, Named, Newcomer, Resolves, TakeIn, Writes, command_id_of
from domain.access import Principal
from domain.actor import Actor, ActorKind
from domain.errors import CommandIdReused
from domain.ids import AgentId, RequesterId, WorkspaceId, ticket_stream
from domain.intake import Conversation, IntakeTaken, Taken
from domain.people.requester import Medium
from projections.ports import Reader


class Intake:
    """Safe to share between threads."""

    def __init__(self, handler: Handler, reader: Callable[[WorkspaceId], Reader]) -> None:
        self._handler = handler
        self._addresses = Addresses(handler.states, reader)

    def take(self, principal: Principal, report: Report, *, by_name: bool = False) -> Handed:
        """Take a report in, once. Raises what a Handler raises, and Unavailable."""
        request = self._request(principal, report)
        try:
            return self._handed(request, self._handler.handle(request))
        except CommandIdReused:
            earlier = self._earlier(request) if by_name else None
            if earlier is None:
                raise
            return earlier

    async def take_async(
        self, principal: Principal, report: Report, ports: AsyncPorts, *, by_name: bool = False
    ) -> Handed:
        """`take` in an event loop, by ports to the same log."""
        if self._must_look(principal.workspace, report):
            request = await run_in_threadpool(self._request, principal, report)
        else:
            request = self._request(principal, report)
        try:
            outcome = await self._handler.handle_async(request, ports)
        except CommandIdReused:
            earlier = await run_in_threadpool(self._earlier, request) if by_name else None
            if earlier is None:
                raise
            return earlier
        if outcome.repeated:  # by another process, perhaps, whose tickets are not known here
            return await run_in_threadpool(self._handed, request, outcome)
        return self._handed(request, outcome)

    def _handed(self, request: Request, outcome: Outcome) -> Handed:
        taken = next(r.event for r in outcome.events if isinstance(r.event, IntakeTaken))
        ticket = self._handler.states.remembered(request.workspace, ticket_stream(taken.ticket))
        return Handed(
            taken=taken.taken,
            ticket=taken.ticket,
            number=ticket.state.number,
            repeated=outcome.repeated,
            position=outcome.position,
        )

    def _earlier(self, request: Request) -> Handed | None:
        """What stands for a report when another one under its name has been taken in.

        None: that was in another conversation.
        """
        (stream, *_) = request.command.writes(request.command_id)
        states = self._handler.states
        conversation: Conversation = states.load(request.workspace, stream).state
        if conversation.ticket is None:
            return None
        ticket = states.remembered(request.workspace, ticket_stream(conversation.ticket))
        return Handed(
            taken=Taken.NOTHING,
            ticket=conversation.ticket,
            number=ticket.state.number,
            repeated=True,
            position=None,
        )

    def _request(self, principal: Principal, report: Report) -> Request:
        asked, by = self._asked(principal, report)
        return Request(
            workspace=principal.workspace,
            command=asked,
            command_id=command_id_of(report.source, report.external_id),
            by=by,
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
            named=None if isinstance(report, ResolveReport) else _named(report.requester),
            handed_in=HandedIn(by=AgentId(principal.person), token=principal.token),
        )
        if who is None:
            rule = f"intake of {report.source}"
            return asked, Actor(kind=ActorKind.RULE, id=rule, rule_version=1)
        return asked, Actor(kind=ActorKind.REQUESTER, id=who)

    def _must_look(self, workspace: WorkspaceId, report: Report) -> bool:
        """Whether somebody has to ask the database who it is of."""
        if isinstance(report, ResolveReport) or report.requester.id is not None:
            return False
        medium, address = _address(report.requester)
        return address is not None and not self._addresses.knows(workspace, medium, address)

    def _who(
        self, workspace: WorkspaceId, source: str, sender: Sender
    ) -> tuple[RequesterId, Newcomer | None]:
        """The requester, and who that is if they are not known yet."""
        if sender.id is not None:
            return RequesterId(sender.id), None
        newcomer = Newcomer(
            display_name=sender.name or sender.email or sender.phone or sender.external_id or "",
            emails=() if sender.email is None else (sender.email,),
            phones=() if sender.phone is None else (sender.phone,),
            language=sender.language,
        )
        medium, address = _address(sender)
        if address is not None:
            return self._addresses.requester(workspace, medium, address), newcomer
        return of_name(f"{source}\n{sender.external_id}"), newcomer


def _address(sender: Sender) -> tuple[Medium, str | None]:
    """The first address that is given."""
    if sender.email is not None:
        return Medium.EMAIL, sender.email
    return Medium.PHONE, sender.phone


def _named(sender: Sender) -> Named:
    return Named(**{field.name: getattr(sender, field.name) for field in fields(Named)})


def _opening(report: OpenReport, requester: RequesterId) -> OpenTicket:
    said = {name: getattr(report, name) for name in OPENING}
    return OpenTicket(requester=requester, **said)
