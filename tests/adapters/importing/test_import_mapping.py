"""Mappings say where they are wrong and what to do."""

from pathlib import Path
from typing import Any

import pytest

from adapters.importing.mapping import ImportRefused, load_mapping, parse_mapping, ready_mappings
from domain.ticket.words import Status
from tests.adapters.importing.conftest import SNAPSHOTS


@pytest.mark.parametrize("name", ready_mappings())
def test_ready_mappings_are_valid(name: str) -> None:
    assert load_mapping(name) == load_mapping(f"{name}.yaml")


def test_an_own_mapping_is_found_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "system: own\nkind: activity-log\ncase: id\ntime: {column: at}\nstate: what\n"
        "statuses: {On: open, 007: resolved, 2016-01-01:}\n"
    )
    statuses = load_mapping(path).statuses
    assert statuses == {"On": Status.OPEN, "007": Status.RESOLVED, "2016-01-01": None}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"sytem": "x"}, "sytem: Extra inputs"),
        ({"system": "A B"}, "system: "),
        ({"time": {"column": "updated", "zone": "Mars/North"}}, "time.zone: .*Asia/Seoul"),
        ({"statuses": {"New": "nwe"}}, "statuses.New: Input should be 'new'"),
        ({"statuses": {"New": "merged"}}, "statuses: .*into which ticket"),
        ({"csv": {"encoding": "latin-99"}}, "csv.encoding: .*cp1252"),
        ({"csv": {"encoding": "utf-16"}}, "csv.encoding: .*convert to utf-8"),
        ({"back_filled": []}, "'solved' .* must be listed under back_filled"),
        ({"attributes": {"fields": {"Bad Name": "x"}}}, "attributes.fields.Bad Name"),
    ],
)
def test_a_wrong_mapping_is_refused_with_the_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(ImportRefused, match=place):
        parse_mapping({**SNAPSHOTS, **change}, "own.yaml")


def test_an_unknown_name_is_refused_with_those_that_exist() -> None:
    with pytest.raises(ImportRefused, match="servicenow_incidents"):
        load_mapping("zendesk")


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("system: one\nsystem: two\n")
    with pytest.raises(ImportRefused, match="'system' stands twice"):
        load_mapping(path)
