"""`chronodesk config`: what a desk has set up, to a file and back."""

from pathlib import Path

import pytest

from tests.api.console.running import Run

DEMO = Path(__file__).parents[3] / "api" / "console" / "demo_configuration.yaml"


def file(folder: Path, text: str, name: str = "given.yaml") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_what_the_demo_has_goes_in_comes_out_and_goes_in_again(told: Run, tmp_path: Path) -> None:
    done = told("config", "import", str(DEMO), "--as", "agent-005")
    assert done.code == 0, done.err
    assert "29 things in demo_configuration.yaml; 29 changes were written." in done.err
    again = told("config", "import", str(DEMO), "--as", "agent-005")
    assert "0 changes were written" in again.err
    assert told("rebuild", "configuration").code == 0
    shown = told("config", "export")
    assert "내 티켓 · All of mine" in shown.out
    out = file(tmp_path, shown.out)
    assert "29 things in given.yaml; 0 changes" in told("config", "import", out).err
    as_json = file(tmp_path, told("config", "export", "--json").out, "given.json")
    assert "0 changes" in told("config", "import", as_json).err


FIRST = """\
fields:
  - {field: site, label: {en: Site}, kind: choice, choices: [{value: a}]}
macros:
  - {macro: m, display_name: M, shared: true, steps: [{command: tag, tag: a}]}
saved_views:
  - {saved_view: v, display_name: V, shared: true, filter: {tag: [a]}}
canned_responses:
  - {canned_response: c, display_name: C, shared: true, body: "Hello {{requester.name}}"}
"""
SECOND = """\
fields:
  - field: site
    label: {en: Place, ko: 지점}
    kind: choice
    choices: [{value: a}, {value: b}]
    order: 3
    required_to_resolve: true
macros:
  - {macro: m, display_name: N, shared: true, folder: F, steps: [{command: tag, tag: b}]}
saved_views:
  - saved_view: v
    display_name: W
    shared: true
    filter: {tag: [b], backlog: ["true"]}
    sort: number
    direction: desc
    columns: [number, sla]
canned_responses:
  - {canned_response: c, display_name: C, shared: true, body: Hi, language: en, retired: true}
"""


def test_a_desk_becomes_what_a_file_says(run: Run, tmp_path: Path) -> None:
    for text in (FIRST, SECOND, FIRST, SECOND):
        assert run("config", "import", file(tmp_path, text)).code == 0
        again = run("config", "import", file(tmp_path, text))
        assert "0 changes" in again.err, again.err
    assert run("rebuild", "configuration").code == 0
    shown = run("config", "export", "--json").json
    assert "canned_responses" not in shown  # it is retired
    (field,) = shown["fields"]
    assert (field["label"], field["required_to_resolve"]) == ({"en": "Place", "ko": "지점"}, True)
    (view,) = shown["saved_views"]
    assert (view["display_name"], view["columns"]) == ("W", ["number", "sla"])
    (macro,) = shown["macros"]
    assert (macro["folder"], macro["steps"]) == ("F", [{"command": "tag", "tag": "b"}])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("macros: [{macro: m, display_name: M, steps: [{command: nope}]}]", "steps[0].command: A"),
        ("saved_views: [{saved_view: v, display_name: V, filter: {x: [y]}}]", "no parameter 'x'"),
        ("fields: [{field: f, label: {en: F}, kind: colour}]", "fields[0].kind"),
        ("nothing: []", "nothing: Extra inputs"),
        ("fields: [", "given.yaml"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_place(
    run: Run, tmp_path: Path, text: str, complaint: str
) -> None:
    done = run("config", "import", file(tmp_path, text))
    assert done.code == 1
    assert complaint in done.err
