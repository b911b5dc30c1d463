"""What people set up for their work: saved views, canned responses."""

from api.shapes.deriving import like
from domain.configuration import canned_response, field, macro, saved_view
from domain.record import record


@record
class Trouble:
    """What in a saved view makes no sense any more: the field, the value if it is one, and why."""

    field: str
    value: str | None
    message: str


@like(saved_view.SavedView)
class SavedView:
    """A view that somebody keeps. `filter` holds parameters of the list of tickets."""

    id: str
    problems: tuple[Trouble, ...]


@like(SavedView)
class CountedView:
    """A view with its number of tickets; when `capped` there are so many or more.

    Both are null when no counters were asked for.
    """

    tickets: int | None
    capped: bool | None


@record
class SavedViewPage:
    """Views by folder, order and name. `next` is the cursor of the next page, null on the last."""

    items: tuple[CountedView, ...]
    next: str | None


@like(canned_response.CannedResponse)
class CannedResponse:
    """A prepared answer, its variables as they are written."""

    id: str


@record
class CannedResponsePage:
    """Answers by folder, order and name. `next` is the next page's cursor, null on the last."""

    items: tuple[CannedResponse, ...]
    next: str | None


@record
class RenderedResponse:
    """A prepared answer as it reads for a ticket."""

    id: str
    ticket: str
    body: str
    language: str | None
    version: int


@record
class Variable:
    """What may stand in `{{...}}`, and what it stands for."""

    name: str
    about: str


@record
class Variables:
    """Every variable of prepared texts."""

    items: tuple[Variable, ...]


@like(macro.Macro)
class Macro:
    """Several changes under one name. A step is a command on a ticket with its fields."""

    id: str


@record
class MacroPage:
    """Macros by folder, order and name. `next` is the next page's cursor, null on the last."""

    items: tuple[Macro, ...]
    next: str | None


@like(field.Field)
class Field:
    """The definition of a custom field. `id` is its name, `label` how it reads, by language."""

    id: str


@record
class FieldPage:
    """Fields in their order. `next` is the next page's cursor, null on the last."""

    items: tuple[Field, ...]
    next: str | None
