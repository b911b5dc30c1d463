"""Files as they come: broken rows are reported with their line, the rest is read."""

import gzip
from pathlib import Path

import pytest

from adapters.importing import opening
from adapters.importing.findings import Broken
from adapters.importing.mapping import ImportRefused, Mapping, load_mapping, parse_mapping
from adapters.importing.report import ImportReport, as_json, as_text
from adapters.importing.run import Progress
from tests.adapters.importing.conftest import HEADER, SNAPSHOTS, Desk, Write, row

GOOD = row("A1", 0, "2024-03-01 09:00", "New", asker="Mina")
MORE = row("A2", 0, "2024-03-01 09:00", "New")


def broken(report: ImportReport) -> list[tuple[str, int]]:
    """Kind and line of everything that could not be read, by line."""
    return sorted(
        ((found.kind, place.line) for found in report.broken for place in found.first),
        key=lambda item: item[1],
    )


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("A9,0,2024-13-01 09:00,New,?,?,?,?,?,?", Broken.BAD_TIME),
        ("A9,0,9999-12-32 09:00,New,?,?,?,?,?,?", Broken.BAD_TIME),
        ("A9,0,0001-01-01 00:00,New,?,?,?,?,?,?", Broken.BAD_TIME),
        ("A9,0,?,New,?,?,?,?,?,?", Broken.NO_TIME),
        ("?,0,2024-03-01 09:00,New,?,?,?,?,?,?", Broken.NO_CASE),
        (" ,0,2024-03-01 09:00,New,?,?,?,?,?,?", Broken.NO_CASE),
        ("A9,x,2024-03-01 09:00,New,?,?,?,?,?,?", Broken.BAD_ORDER),
        ("A9,0,2024-03-01 09:00,New,?,?,?,?,?", Broken.COLUMNS),
        ("A9,0,2024-03-01 09:00,New,?,?,?,?,?,?,?", Broken.COLUMNS),
        ("A9,0,2024-03-01 09:00,N\0w,?,?,?,?,?,?", Broken.NUL),
        ('A9,0,2024-03-01 09:00,"N"ew,?,?,?,?,?,?', Broken.QUOTES),
        ('A9,0,2024-03-01 09:00,"New,?,?,?,?,?,?', Broken.QUOTES),
        (f"A9,0,2024-03-01 09:00,New,?,?,?,?,?,{'x' * 100_001}", Broken.TOO_LONG),
        (f"{'A' * 201},0,2024-03-01 09:00,New,?,?,?,?,?,?", Broken.TOO_LONG),
        (f"A9,0,2024-03-01 09:00,New,?,?,?,?,?,{'x' * opening.MAX_LINE}", Broken.TOO_LONG),
        (",".join(HEADER), Broken.REPEATED_HEADER),
    ],
)
def test_a_broken_row_never_stops_the_rest(
    desk: Desk, write: Write, snapshots: Mapping, line: str, kind: Broken
) -> None:
    report = desk.takes(write([GOOD, line, MORE]), snapshots)
    assert broken(report) == [(kind, 3)]
    assert report.rows_read == 3
    assert report.rows_written == 2
    assert desk.ticket("acme", "A2").exists


def test_bytes_that_are_no_text_are_reported_with_their_line(
    desk: Desk, write: Write, snapshots: Mapping, tmp_path: Path
) -> None:
    path = write([GOOD, MORE])
    path.write_bytes(path.read_bytes().replace(b"Mina", b"Min\xe9"))
    report = desk.takes(path, snapshots)
    assert broken(report) == [(Broken.ENCODING, 2)]
    assert "at byte" in report.broken[0].first[0].detail
    assert not report.is_complete


def test_the_mapping_names_the_encoding_and_the_delimiter(desk: Desk, tmp_path: Path) -> None:
    mapping = parse_mapping({**SNAPSHOTS, "csv": {"encoding": "cp949", "delimiter": ";"}}, "a test")
    asked = row("A1", 0, "2024-03-01 09:00", "New", asker="김미나")
    path = tmp_path / "log.csv"
    path.write_bytes("\r\n".join([";".join(HEADER), ";".join(asked), ""]).encode("cp949"))
    desk.takes(path, mapping)
    names = [r.event.name for r in desk.log() if r.event.kind == "requester.registered"]
    assert names == ["김미나"]


def test_a_byte_order_mark_is_no_part_of_the_first_column(
    desk: Desk, write: Write, snapshots: Mapping
) -> None:
    assert desk.takes(write([GOOD], encoding="utf-8-sig"), snapshots).rows_written == 1


def test_quoted_fields_may_hold_commas_quotes_and_line_breaks(
    desk: Desk, write: Write, snapshots: Mapping
) -> None:
    quoted = 'A1,0,2024-03-01 09:00,New,?,?,?,"a ""b"", c\nd",?,?'
    report = desk.takes(write([quoted, MORE]), snapshots)
    first, second = desk.rows()
    assert first.event.changed["group"] == 'a "b", c\nd'
    assert second.source is not None
    assert second.source.row == 2
    assert report.rows_broken == 0


def test_everything_before_the_cut_of_a_gzip_file_is_kept(
    desk: Desk, write: Write, snapshots: Mapping
) -> None:
    rows = [row(f"A{n}", 0, "2024-03-01 09:00", "New", asker=f"P{n * 7919}") for n in range(500)]
    path = write(rows, name="log.csv.gz")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    report = desk.takes(path, snapshots)
    assert report.damage == "the compressed data ends too early"
    assert 0 < report.rows_written < 500
    assert [kind for kind, _ in broken(report)] in ([], [Broken.CUT_OFF])
    path.write_bytes(whole)
    assert desk.takes(path, snapshots).rows_written == 500 - report.rows_written


def test_everything_before_the_damage_in_a_gzip_file_is_kept(
    desk: Desk, write: Write, snapshots: Mapping
) -> None:
    path = write([GOOD, MORE] * 200, name="log.csv.gz")
    damaged = bytearray(path.read_bytes())
    damaged[-5] ^= 0xFF  # in the checksum: all the rows before it can be read
    path.write_bytes(damaged)
    report = desk.takes(path, snapshots)
    assert report.damage is not None
    assert report.damage.startswith("the compressed data is damaged")
    assert report.rows_written == 400


def test_a_gzip_file_may_have_several_members(desk: Desk, write: Write, snapshots: Mapping) -> None:
    path = write([GOOD], name="log.csv.gz")
    path.write_bytes(path.read_bytes() + gzip.compress((",".join(MORE) + "\n").encode()))
    assert desk.takes(path, snapshots).rows_written == 2


def test_an_empty_file_is_refused(desk: Desk, tmp_path: Path, snapshots: Mapping) -> None:
    path = tmp_path / "log.csv"
    path.touch()
    with pytest.raises(ImportRefused, match="is empty"):
        desk.takes(path, snapshots)
    path.write_bytes(gzip.compress(b""))
    with pytest.raises(ImportRefused, match="no content"):
        desk.takes(path, snapshots)


def test_a_file_that_is_not_there_is_refused(
    desk: Desk, tmp_path: Path, snapshots: Mapping
) -> None:
    with pytest.raises(ImportRefused, match="cannot be read"):
        desk.takes(tmp_path / "none.csv", snapshots)


def test_a_header_alone_is_an_import_of_nothing(
    desk: Desk, write: Write, snapshots: Mapping
) -> None:
    assert desk.takes(write([]), snapshots).rows_read == 0


def test_missing_columns_are_named(desk: Desk, write: Write, snapshots: Mapping) -> None:
    with pytest.raises(ImportRefused, match=r"lacks the columns group, owner"):
        desk.takes(write([], header=[n for n in HEADER if n not in ("group", "owner")]), snapshots)


def test_a_wrong_delimiter_is_suspected(desk: Desk, write: Write, snapshots: Mapping) -> None:
    with pytest.raises(ImportRefused, match="is the delimiter really ','"):
        desk.takes(write([], header=[";".join(HEADER)]), snapshots)


def test_a_column_that_stands_twice_is_refused_if_it_matters(
    desk: Desk, write: Write, snapshots: Mapping
) -> None:
    with pytest.raises(ImportRefused, match="state more than once"):
        desk.takes(write([], header=[*HEADER, "state"]), snapshots)
    twice = write([[*GOOD, "one", "two"]], header=[*HEADER, "note", "note"])
    desk.takes(twice, snapshots)
    changed = desk.rows()[0].event.changed
    assert (changed["note"], changed["note#2"]) == ("one", "two")


def test_utf_16_is_refused_with_what_to_do(desk: Desk, write: Write, snapshots: Mapping) -> None:
    with pytest.raises(ImportRefused, match="save it as UTF-8"):
        desk.takes(write([GOOD], encoding="utf-16"), snapshots)


XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xmlns="http://www.xes-standard.org/" xes.version="1.0">
  <global scope="event"><string key="concept:name" value="none"/></global>
  <trace>
    <string key="concept:name" value="T1"/>
    <event>
      <string key="concept:name" value="Register"/>
      <string key="org:resource" value="Kim"/>
      <date key="time:timestamp" value="2024-03-01T09:00:00.000+09:00"/>
      <string key="lifecycle:transition" value="complete"><int key="nested" value="1"/></string>
    </event>
    <event>
      <string key="concept:name" value="Register"/>
      <date key="time:timestamp" value="yesterday"/>
    </event>
    <event>
      <string key="concept:name" value="Close"/>
      <date key="time:timestamp" value="2024-03-02T09:00:00Z"/>
      <string key="cost" value="12"/>
    </event>
  </trace>
</log>
"""


@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz"])
def test_an_xes_log_is_read_by_its_standard_extensions(
    desk: Desk, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    content = XES.encode()
    path.write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    report = desk.takes(path, load_mapping("xes"))
    assert broken(report) == [(Broken.BAD_TIME, 12)]
    register, close = desk.rows()
    assert (register.event.state, register.event.at.isoformat()) == (
        "Register",
        "2024-03-01T00:00:00+00:00",
    )
    assert register.event.by.id == "xes-Kim"
    assert close.event.changed["cost"] == "12"


def test_everything_before_an_error_in_xml_is_kept(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    path.write_text(XES.replace('<string key="cost" value="12"/>', "<string"))
    report = desk.takes(path, load_mapping("xes"))
    assert broken(report) == [(Broken.BAD_TIME, 12), (Broken.XML, 20)]
    assert report.rows_written == 1


def test_entities_in_xml_are_not_expanded(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    path.write_text('<!DOCTYPE log [<!ENTITY a "aaaa">]>' + XES.partition("?>")[2])
    report = desk.takes(path, load_mapping("xes"))
    assert [kind for kind, _ in broken(report)] == [Broken.XML]
    assert report.rows_written == 0


def test_progress_comes_with_every_step_and_ends_at_the_end(
    desk: Desk, write: Write, snapshots: Mapping
) -> None:
    seen: list[Progress] = []
    path = write([GOOD, MORE])
    desk.takes(path, snapshots, seen.append)
    size = path.stat().st_size
    assert seen == [
        Progress(phase="reading", done=size, total=size),
        Progress(phase="writing", done=2, total=2),
    ]


def test_the_report_is_there_for_people_and_for_programs(
    desk: Desk, write: Write, snapshots: Mapping
) -> None:
    report = desk.takes(write([GOOD, "A9,0,?,New,?,?,?,?,?,?"]), snapshots)
    assert "2 read: 1 written, 0 already there, 1 broken" in as_text(report)
    assert "line 3, A9" in as_text(report)
    plain = as_json(report)
    assert plain["first_at"] == "2024-03-01T00:00:00Z"
    assert plain["broken"] == [
        {
            "kind": "no-time",
            "count": 1,
            "first": [{"line": 3, "row": 2, "case": "A9", "detail": ""}],
        }
    ]
