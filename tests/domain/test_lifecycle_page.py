"""The reference page says what the code does."""

from docs.reference.make_lifecycle import PAGE, page


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text() == page(), "python -m docs.reference.make_lifecycle"
