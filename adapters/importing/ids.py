"""Ids that follow from the file: the same case and the same rows have the same ones again."""

from uuid import UUID, uuid5

from domain.ids import CommandId, StreamId, TicketId, WorkspaceId, ticket_stream

_NAMESPACE = UUID("b7f4c3de-6a52-5d0e-9a6b-1f6f1f1e2a90")


def ticket_of(system: str, case: str) -> TicketId:
    """The ticket that a case becomes: the same for the same case of the same system."""
    return TicketId(str(uuid5(_NAMESPACE, f"ticket|{system}|{case}")))


def stream_of_case(system: str, case: str) -> StreamId:
    """That ticket's stream."""
    return ticket_stream(ticket_of(system, case))


def command_of(workspace: WorkspaceId, what: str) -> CommandId:
    """The command that writes `what`."""
    return CommandId(uuid5(_NAMESPACE, f"{workspace}|{what}"))
