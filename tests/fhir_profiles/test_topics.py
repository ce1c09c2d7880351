"""The code lists themselves: sources, check digits, words."""

from fhir_profiles.classify import labels_of
from fhir_profiles.topics import code_lists, sensitive_topics, topics_of
from fhir_profiles.vocabulary import Label

LEGAL_STATUS = "https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland"


def test_every_listed_entry_says_where_it_comes_from() -> None:
    for one in code_lists():
        codes = (*one.codes, *one.coded, *one.services)
        said = [(entry.status, entry.source) for entry in codes]
        said += [(entry.status, entry.source) for entry in one.systems]
        said += [(entry.status, entry.source) for entry in one.extensions]

        assert one.note
        assert {status for status, _ in said} <= {"published", "judgement"}
        assert all(source for _, source in said)


def test_every_label_but_normal_and_own_has_a_list() -> None:
    assert {one.label for one in code_lists()} - {None} == set(Label) - {Label.NORMAL, Label.OWN}


def test_every_listed_snomed_code_has_a_right_check_digit() -> None:
    numbers = [row.code for one in code_lists() for row in one.codes if row.code.isdigit()]

    assert numbers
    assert [number for number in numbers if not _verhoeff_holds(number)] == []


def test_listed_words_are_what_a_text_is_reduced_to() -> None:
    for one in code_lists():
        for phrase in one.words:
            assert one.label is None or one.label in labels_of(texts=[phrase.upper()])


def test_a_coding_without_a_code_has_no_topic() -> None:
    assert topics_of(sensitive_topics(), (LEGAL_STATUS, None)) == frozenset()


def _verhoeff_holds(number: str) -> bool:
    # SNOMED CT identifiers end in a Verhoeff check digit: the dihedral group of order 10.
    check = 0
    for place, digit in enumerate(reversed(number)):
        check = _multiply(check, _permute(int(digit), place))
    return check == 0


def _multiply(left: int, right: int) -> int:
    turn = (left + right) % 5 if left < 5 else (left - right) % 5
    return turn if (left < 5) == (right < 5) else turn + 5


def _permute(digit: int, times: int) -> int:
    for _ in range(times % 8):
        digit = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[digit]
    return digit
