import pytest

from gateway.errors import BadRequestError
from gateway.patient.pleas import read_plea, read_reason
from gateway.store.words import EmergencyReason


@pytest.mark.parametrize("code", EmergencyReason)
def test_a_reason_is_a_closed_word_and_somebodys_own(code):
    plea = read_plea(code.value, "  found   unconscious ")

    assert (plea.reason_code, plea.reason) == (code, "found unconscious")


@pytest.mark.parametrize("reason", ["ten/digits", "x" * 500, "line one\nline two"])
def test_ten_to_five_hundred_characters_will_do(reason):
    assert read_reason(reason) == " ".join(reason.split())


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("012345678", "required"),
        ("01234 " + " " * 20 + "78", "required"),
        ("", "required"),
        (None, "required"),
        (["0123456789"], "required"),
        ("x" * 501, "too-long"),
    ],
)
def test_too_few_or_too_many_are_refused(reason, code):
    with pytest.raises(BadRequestError) as refused:
        read_reason(reason)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        ("red \x1b[31m letters", r"red \x1b[31m letters"),
        ("half a \ud800 letter", r"half a \ud800 letter"),
        ("a right\u202eto left", r"a right\u202eto left"),
        ("a back\\slash", r"a back\\slash"),
        ("9434765919 collapsed", "[NHS number] collapsed"),
    ],
)
def test_what_a_log_or_a_page_should_not_show_is_kept_in_another_form(reason, kept):
    assert read_reason(reason) == kept


@pytest.mark.parametrize("code", [None, "", "RISK-TO-LIFE", "curiosity", 1, ["risk-to-life"]])
def test_a_word_of_no_list_is_refused(code):
    with pytest.raises(BadRequestError, match="reason_code is one of"):
        read_plea(code, "found unconscious")
