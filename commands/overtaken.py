"""When a command would overwrite what its caller has not seen, and what that is."""

from collections.abc import Mapping
from typing import Any

from commands import questions
from commands.envelope import Request
from commands.ports import Loaded
from commands.steps import Steps
from domain.errors import TicketChanged
from domain.ids import StreamId, category_of
from domain.recorded import Recorded
from domain.states import FOLDS


def overtaken_by(
    request: Request, stream: StreamId, first: Loaded, known: Mapping[StreamId, Any]
) -> Steps[TicketChanged | None]:
    """The refusal of a command whose caller has not seen a change of what it overwrites.

    A version that is yet to come was seen elsewhere, such as before a backup was restored:
    then nobody can say what the caller has seen.
    """
    if request.seen is None or request.seen == first.version:
        return None
    touched = request.command.overwrites(request.by, known)
    if not touched:
        return None
    if request.seen > first.version:
        return TicketChanged(
            f"There is no version {request.seen} yet. Look again, then decide.",
            seen=request.seen,
            version=first.version,
            changed=[],
            events=(),
        )
    since: tuple[Recorded[Any], ...] = yield questions.history(
        request.workspace, stream, request.seen
    )
    changed_by = FOLDS[category_of(stream)].changed_by
    changed = touched & frozenset(a for r in since for a in changed_by(r.event))
    if not changed:
        return None
    return TicketChanged(
        f"The {' and the '.join(sorted(changed))} changed since version {request.seen}. "
        "Look at what happened, then decide again.",
        seen=request.seen,
        version=first.version,
        changed=sorted(changed),
        events=since,
    )
