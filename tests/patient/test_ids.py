import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_profiles.nhs_number import NhsNumber
from gateway.patient.ids import (
    PATIENT_ID_LENGTH,
    PatientIds,
    derived_id,
    item_of,
    item_part,
    patient_of,
)

OLD_KEY, NEW_KEY, OTHER_KEY = (bytes([value]) * 64 for value in (1, 2, 3))
NUMBER = NhsNumber("9990000018")
FHIR_ID = re.compile(r"[a-z0-9]{1,64}")
NAMES = st.text(max_size=6)


def check_digit(nine):
    left = (
        11
        - sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True))
        % 11
    )
    return {10: None, 11: 0}.get(left, left)


NUMBERS = (
    st.text("0123456789", min_size=9, max_size=9)
    .filter(lambda nine: check_digit(nine) is not None and len(set(nine)) > 1)
    .map(lambda nine: NhsNumber(f"{nine}{check_digit(nine)}"))
)


@given(NUMBERS)
def test_a_sealed_number_opens_to_itself_and_shows_nothing(number):
    ids = PatientIds([NEW_KEY])

    sealed = ids.seal(number)

    assert ids.open(sealed) == number
    assert len(sealed) == PATIENT_ID_LENGTH
    assert FHIR_ID.fullmatch(sealed)
    assert number.digits not in sealed


def test_the_same_number_has_the_same_id_every_time():
    assert PatientIds([NEW_KEY]).seal(NUMBER) == PatientIds([NEW_KEY, OLD_KEY]).seal(NUMBER)


def test_ids_under_an_old_key_still_open_and_new_ones_are_under_the_new_key():
    old_id = PatientIds([OLD_KEY]).seal(NUMBER)
    ids = PatientIds([NEW_KEY, OLD_KEY])

    assert ids.open(old_id) == NUMBER
    assert ids.seal(NUMBER) != old_id


def test_every_id_of_a_number_is_given_the_current_one_first():
    ids = PatientIds([NEW_KEY, OLD_KEY])

    assert ids.every_id(NUMBER) == (ids.seal(NUMBER), PatientIds([OLD_KEY]).seal(NUMBER))


def test_an_id_under_a_key_that_is_not_held_does_not_open():
    assert PatientIds([NEW_KEY]).open(PatientIds([OTHER_KEY]).seal(NUMBER)) is None


@pytest.mark.parametrize("place", range(PATIENT_ID_LENGTH))
def test_an_id_with_any_letter_changed_does_not_open(place):
    ids = PatientIds([NEW_KEY])
    sealed = ids.seal(NUMBER)

    for letter in set("abcdefghijklmnopqrstuvwxyz234567") - {sealed[place]}:
        assert ids.open(sealed[:place] + letter + sealed[place + 1 :]) is None


def test_another_spelling_of_an_id_is_not_that_id():
    ids = PatientIds([NEW_KEY])
    sealed = ids.seal(NUMBER)

    for spelling in (sealed.upper(), sealed + "=", sealed[:-1], " " + sealed, sealed + "\n", ""):
        assert ids.open(spelling) is None


@pytest.mark.parametrize(
    "plain",
    [
        (9990000018).to_bytes(5, "big") + b"\x02",
        (9990000019).to_bytes(5, "big") + b"\x01",
        b"\xff" * 6,
    ],
)
def test_what_is_sealed_rightly_but_is_no_number_of_this_version_does_not_open(plain):
    ids = PatientIds([NEW_KEY])
    cipher = ids._ciphers[0]
    forged = cipher.encrypt(plain, [b"shared-care-record patient id"])

    assert ids.open(base64.b32encode(forged).decode().rstrip("=").lower()) is None


@pytest.mark.parametrize("keys", [[], [b"short"], [NEW_KEY, b"\x00" * 32]])
def test_keys_of_any_other_length_are_refused(keys):
    with pytest.raises(ValueError, match="64 bytes"):
        PatientIds(keys)


@given(st.lists(st.tuples(NAMES, NAMES, NAMES), min_size=2, max_size=2, unique=True))
def test_two_resources_never_share_an_id_whatever_their_names_hold(names):
    first, second = (PatientIds([NEW_KEY]).resource_id("p" * 36, *each) for each in names)

    assert first != second
    assert len(first) == 62
    assert FHIR_ID.fullmatch(first)


def test_a_resource_id_gives_its_patient_and_its_item():
    ids = PatientIds([NEW_KEY])
    patient = ids.seal(NUMBER)

    resource = ids.resource_id(patient, "gp", "Observation", "1")

    assert patient_of(resource) == patient
    assert item_of(resource) == item_part("gp", "Observation", "1")


def test_the_item_of_a_resource_id_outlives_a_change_of_key():
    old, new = (PatientIds([key]) for key in (OLD_KEY, NEW_KEY))

    before = old.resource_id(old.seal(NUMBER), "gp", "Observation", "1")
    after = new.resource_id(new.seal(NUMBER), "gp", "Observation", "1")

    assert before != after
    assert item_of(before) == item_of(after)


@pytest.mark.parametrize("text", ["", "a" * 36, "A" * 36 + "0" * 26, "a" * 36 + "g" * 26])
def test_what_has_not_the_form_of_a_resource_id_has_no_parts(text):
    assert (item_of(text), patient_of(text)) == (None, None)


def test_a_derived_id_does_not_depend_on_the_order_of_its_members():
    patient = "p" * 36

    assert derived_id(patient, ["a", "b"]) == derived_id(patient, ["b", "a"])
    assert derived_id(patient, ["a", "b"]) != derived_id(patient, ["ab"])
    assert patient_of(derived_id("a" * 36, ["a"])) == "a" * 36


def test_a_derived_id_never_meets_a_resource_s_own():
    assert derived_id("p" * 36, ["gp"])[36:] != item_part("gp", "", "")


def test_the_item_of_a_derived_id_outlives_a_change_of_key():
    old, new = "a" * 36, "b" * 36

    assert derived_id(old, [old + "0" * 26])[36:] == derived_id(new, [new + "0" * 26])[36:]
