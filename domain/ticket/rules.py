"""The lifecycle: from which statuses each command is allowed. One literal table.

Commands check it through `require`; the ticket resource lists it through `allowed_commands`.
"""

from domain.errors import NotAllowed, NotFound
from domain.ticket.state import Ticket
from domain.ticket.words import Status

HIGHEST_LEVEL = 9
"""Of escalation; 0 is the normal level."""

_S = Status
_WORKING = frozenset({_S.NEW, _S.OPEN, _S.PENDING, _S.ON_HOLD})
_NOT_FINAL = _WORKING | {_S.RESOLVED}
_ALL = frozenset(Status)

ALLOWED_FROM: dict[str, frozenset[Status]] = {
    "acknowledge": frozenset({_S.NEW}),
    "assign": _WORKING,
    "move_to_queue": _WORKING,
    "receive_message": _NOT_FINAL | {_S.CLOSED},
    "reply": _NOT_FINAL,
    "add_note": _ALL - {_S.MERGED},
    "pend": _WORKING,
    "hold": _WORKING,
    "resume": frozenset({_S.PENDING, _S.ON_HOLD}),
    "resolve": _WORKING,
    "reopen": frozenset({_S.RESOLVED}),
    "close": frozenset({_S.RESOLVED}),
    "cancel": _NOT_FINAL,
    "merge": _NOT_FINAL,
    "unmerge": frozenset({_S.MERGED}),
    "split": _NOT_FINAL,
    "link": _ALL,
    "unlink": _ALL,
    "prioritise": _NOT_FINAL,
    "categorise": _NOT_FINAL,
    "tag": _NOT_FINAL,
    "untag": _NOT_FINAL,
    "set_field": _NOT_FINAL,
    "rename": _NOT_FINAL,
    "change_requester": _NOT_FINAL,
    "follow": _NOT_FINAL,
    "unfollow": _NOT_FINAL,
    "escalate": _NOT_FINAL,
    "deescalate": _NOT_FINAL,
    "ask_satisfaction": frozenset({_S.RESOLVED, _S.CLOSED}),
    "apply_macro": _ALL - {_S.MERGED},
    "rate": frozenset({_S.RESOLVED, _S.CLOSED}),
    "undo": _ALL - {_S.CLOSED},
}


def allowed_commands(ticket: Ticket) -> list[str]:
    """Names of the commands that the ticket's status allows now, in the table's order."""
    return [name for name, statuses in ALLOWED_FROM.items() if ticket.status in statuses]


def require(ticket: Ticket, command: str) -> None:
    """Refuse `command` unless the ticket exists and its status allows it.

    Raises NotFound or NotAllowed; the latter names the status, the command and what is allowed.
    """
    if not ticket.exists:
        raise NotFound("There is no such ticket.")
    if ticket.status not in ALLOWED_FROM[command]:
        raise NotAllowed(
            f"A ticket that is {ticket.status} does not take {command!r}.",
            status=ticket.status,
            command=command,
            allowed=allowed_commands(ticket),
            **({"merged_into": ticket.merged_into} if ticket.merged_into else {}),
        )
