"""The rules of the desk."""

from typing import Annotated

from fastapi import Depends

from api.answers import PRIVATE, Answer
from api.auth.permissions import Permission
from api.reading import Reading, reads
from api.routing import strict_router
from api.shapes import headers
from api.shapes.naming import answers
from domain.desk.rules import DeskRules
from domain.ids import DESK_RULES

router = strict_router("desk")


@router.get(
    "/desk/rules",
    summary="The rules that commands go by",
    responses=answers(DeskRules, headers=headers.OF_VERSION),
)
def get_desk_rules(
    reading: Annotated[Reading, Depends(reads(Permission.SEE_COLLEAGUES))],
) -> Answer:
    """Durations are in seconds. `ETag` is their version; 0 are the defaults."""
    loaded = reading.services.handler.states.load(reading.principal.workspace, DESK_RULES)
    return Answer(loaded.state, 200, {"ETag": f'"{loaded.version}"', **PRIVATE})
