"""Code lists are read strictly, and hold nothing that nobody may see, nor an NHS number."""

import pytest

from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber
from gateway.population.released_codes import CodeListError, by_name, read_code_list
from tests.population.deidentification.grounds import CODE_LISTS

GOOD = """
note = "Why it is released."
[[system]]
url = "http://snomed.info/sct"
[system.codes]
"38341003" = "Hypertension"
"""


def is_nhs_number(code: str) -> bool:
    try:
        NhsNumber(code)
    except InvalidNhsNumberError:
        return False
    return True


def test_a_list_gives_each_code_its_wording():
    read = read_code_list("problems", GOOD)

    assert read.wording == {("http://snomed.info/sct", "38341003"): "Hypertension"}


@pytest.mark.parametrize("code", ["93461009", "52637005"])
def test_a_code_that_nobody_may_see_is_refused(code):
    with pytest.raises(CodeListError, match="what nobody may see"):
        read_code_list("problems", GOOD.replace("38341003", code))


@pytest.mark.parametrize("text", ["", "note =", GOOD + "[system.more]", GOOD.replace("url", "uri")])
def test_a_list_that_cannot_be_read_is_refused(text):
    with pytest.raises(CodeListError, match="cannot be read"):
        read_code_list("problems", text)


def test_two_lists_of_one_name_are_refused():
    one = read_code_list("problems", GOOD)

    with pytest.raises(CodeListError, match="Two code lists"):
        by_name([one, one])


def test_t03_no_released_code_is_an_nhs_number():
    codes = {code for one in CODE_LISTS.values() for _system, code in one.wording}

    assert len(codes) > 500
    assert [code for code in codes if is_nhs_number(code)] == []


def test_every_list_says_why_it_is_released():
    assert all(one.note for one in CODE_LISTS.values())
