"""`chronodesk sla explain`."""

from tests.api.console.running import Run


def test_the_command_line_explains_by_number_and_by_id(told: Run) -> None:
    by_number = told("sla", "explain", "1", "--json")
    assert by_number.code == 0, by_number.err
    first = by_number.json[0]
    assert first["clock"]["name"] == first["explanation"]["clock"]
    text = told("sla", "explain", "1", "--zone", "Europe/Berlin")
    assert "Judged by" in text.out
    assert "Local times are of Europe/Berlin." in text.out


def test_one_clock_can_be_asked_for(told: Run) -> None:
    only = told("sla", "explain", "1", "--clock", "resolution", "--json").json
    assert {item["clock"]["name"] for item in only} == {"resolution"}
    none = told("sla", "explain", "1", "--clock", "handling")
    assert (none.code, none.out) == (0, "No clock handling is promised for ticket 1.\n")
    before = told("sla", "explain", "1", "--as-of", "2020-01-01")
    assert before.out == "No clocks are promised for ticket 1.\n"


def test_the_command_line_says_what_was_wrong(told: Run) -> None:
    unknown = told("sla", "explain", "4711")
    assert (unknown.code, "no ticket 4711" in unknown.err) == (1, True)
    nowhere = told("sla", "explain", "t-nowhere")
    assert (nowhere.code, "Give its number or its id" in nowhere.err) == (1, True)
    zone = told("sla", "explain", "1", "--zone", "Mars/Base")
    assert (zone.code, "no time zone" in zone.err) == (2, True)
    assert told("sla", "explain", "1", "--as-of", "soon").code == 2
