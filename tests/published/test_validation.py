"""The page that holds our verdicts beside the reference validator's is current."""

from tests.published.samples import needs_samples
from tests.published.validation import PAGE, Beside, cases, page


@needs_samples
def test_the_validation_page_says_what_is_found_now():
    assert PAGE.read_text(encoding="utf-8") == page()


@needs_samples
def test_no_case_that_the_reference_finds_valid_is_called_faulty():
    assert [each.name for each in cases() if each.beside is Beside.FALSE] == []
