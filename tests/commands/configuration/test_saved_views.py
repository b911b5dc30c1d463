"""What a saved view shows, in which order, with which columns."""

from typing import Any

import pytest

from commands.configuration.saved_view import (
    ChooseSavedViewColumns,
    CreateSavedView,
    RefilterSavedView,
    SortSavedView,
)
from domain.configuration.saved_view import (
    ColumnName,
    Direction,
    SavedViewColumnsChosen,
    SavedViewCreated,
    SavedViewRefiltered,
    SavedViewSorted,
    SortName,
    ViewFilter,
)
from domain.errors import Invalid
from domain.ids import AgentId, SavedViewId, saved_view_stream
from tests.given import Given, given, happened

VIEW = SavedViewId("mine")
FILTER = ViewFilter({"agent": ("me",), "queue": ("hardware", "none")})


def kept() -> Given:
    return given().and_given(
        saved_view_stream(VIEW),
        happened(
            SavedViewCreated,
            saved_view=VIEW,
            name="Mine",
            folder=None,
            order=0,
            owner=AgentId("kim"),
            shared=False,
            filter=FILTER,
            sort=None,
            direction=None,
            columns=(),
        ),
    )


def test_a_view_shows_other_tickets() -> None:
    wanted = ViewFilter({"tag": ("a",), "backlog": ("true",)})
    kept().when(RefilterSavedView(saved_view=VIEW, filter=wanted)).then(
        happened(
            SavedViewRefiltered,
            saved_view=VIEW,
            filter=ViewFilter({"backlog": ("true",), "tag": ("a",)}),
            previous=FILTER,
        )
    )


def test_parameters_in_another_order_are_the_same_filter() -> None:
    again: Any = {"queue": ["hardware", "none"], "agent": ["me"]}
    kept().when(RefilterSavedView(saved_view=VIEW, filter=again)).then_nothing()


def test_a_view_is_sorted_and_shows_columns() -> None:
    sort, columns = SortName("number"), (ColumnName("number"), ColumnName("sla"))
    kept().when(SortSavedView(saved_view=VIEW, sort=sort, direction=Direction.DESCENDING)).then(
        happened(
            SavedViewSorted,
            saved_view=VIEW,
            sort=sort,
            previous_sort=None,
            direction=Direction.DESCENDING,
            previous_direction=None,
        )
    )
    kept().when(SortSavedView(saved_view=VIEW, sort=None)).then_nothing()
    kept().when(ChooseSavedViewColumns(saved_view=VIEW, columns=columns)).then(
        happened(SavedViewColumnsChosen, saved_view=VIEW, columns=columns, previous=())
    )
    kept().when(ChooseSavedViewColumns(saved_view=VIEW, columns=())).then_nothing()


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"queue": ()}, "filter.queue"),
        ({"queue": ("x" * 201,)}, "filter.queue"),
        ({"queue": (" ",)}, "filter.queue"),
        ({"queue": ("q",) * 51}, "filter.queue"),
        ({"": ("q",)}, "filter"),
        ({f"p{n}": ("q",) for n in range(51)}, "filter"),
    ],
)
def test_a_filter_has_its_limits(wanted: dict[str, tuple[str, ...]], field: str) -> None:
    asked = ViewFilter(wanted)
    kept().when(RefilterSavedView(saved_view=VIEW, filter=asked)).then_refused(Invalid, field=field)
    new = CreateSavedView(saved_view=SavedViewId("new"), display_name="New", filter=asked)
    given().when(new).then_refused(Invalid, field=field)


@pytest.mark.parametrize(
    "columns", [("number", "number"), tuple(f"c{n}" for n in range(51)), ("",)]
)
def test_columns_have_their_limits(columns: tuple[str, ...]) -> None:
    chosen = tuple(map(ColumnName, columns))
    kept().when(ChooseSavedViewColumns(saved_view=VIEW, columns=chosen)).then_refused(
        Invalid, field="columns"
    )
