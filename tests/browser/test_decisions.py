"""The decision tests of docs/decisions/0009, section 4, that a person at a screen meets, by their numbers."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.test_break_glass import break_glass, expect_refusal, give_reason
from tests.safety.siege import person_of

pytestmark = pytest.mark.browser

HIV = "Human immunodeficiency virus infection"
ART = ("mtricitabine", "enofovir")


def opens(page, site, user, name):
    sign_in(page, user)
    page.goto(site.record_of(name))


def section(page, name):
    return page.get_by_role("region", name=name)


def test_decision_1_a_consultant_reads_the_medicines_of_someone_in_the_department(page, site):
    opens(page, site, "ed-consultant", "ed-ended-10h")

    expect(section(page, "Medicines").locator(".entry").first).to_be_visible()


def test_decision_2_a_consultant_without_relationship_is_offered_emergency_access(page, site):
    opens(page, site, "ed-consultant", "other-practice")

    expect_refusal(page)
    expect(page.get_by_role("link", name="Ask for emergency access")).to_be_visible()


def test_decision_3_a_receptionist_sees_no_problems(page, site):
    opens(page, site, "receptionist", "everything")

    problems = section(page, "Problems and diagnoses")
    expect(problems).to_contain_text("your role does not see this part of the record")
    expect(problems.locator(".entry")).to_have_count(0)


def test_decision_4_a_receptionist_has_no_emergency_access(page, site):
    opens(page, site, "receptionist", "other-practice")
    expect_refusal(page)
    expect(page.get_by_text("ask a clinician at once")).to_be_visible()

    page.goto(f"{site.record_of('other-practice')}/break-glass")

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Your role does not have emergency access"
    )


def test_decision_5_a_paramedic_sees_no_sexual_health_items(page, site):
    opens(page, site, "paramedic", "sexual-health")

    expect(section(page, "Problems and diagnoses").locator(".entry").first).to_be_visible()
    expect(page.get_by_text(HIV)).to_have_count(0)


def test_decision_6_a_paramedic_sees_them_after_the_second_step(page, site):
    sign_in(page, "paramedic")
    break_glass(page, site, "sexual-health")
    expect(page.get_by_text(HIV)).to_have_count(0)

    page.get_by_role("link", name="Open sensitive items").click()
    give_reason(page, "Open sensitive items")

    expect(section(page, "Problems and diagnoses").get_by_text(HIV).first).to_be_visible()


def test_decision_13_a_gp_sees_the_practices_own_sexual_health_items(page, site):
    opens(page, site, "gp", "sexual-health")

    expect(section(page, "Problems and diagnoses").get_by_text("Gonorrhoea")).to_be_visible()


def test_decision_14_a_gp_sees_nothing_of_another_practices_patient(page, site):
    opens(page, site, "gp", "other-practice")

    expect_refusal(page)
    assert person_of(site.stack, "other-practice").family_name not in page.content()


@pytest.mark.parametrize("user", ["ed-consultant", "nurse"])
@pytest.mark.parametrize("is_emergency", [False, True], ids=["direct care", "emergency"])
def test_decision_15_nobody_is_told_where_a_restricted_person_is(page, site, user, is_emergency):
    person = person_of(site.stack, "restricted")
    opens(page, site, user, "restricted")
    if is_emergency:
        break_glass(page, site, "restricted")

    expect(section(page, "Person")).to_contain_text("Restricted")
    where = (person.postcode, *person.address_lines, person.practice)
    assert [each for each in where if each and each in page.content()] == []


@pytest.mark.parametrize("name", ["objects-to-all", "objects-no-exceptions"])
def test_decision_16_an_objection_refuses_in_neutral_words(page, site, name):
    opens(page, site, "nurse", name)

    expect_refusal(page, "Sharing of this record is restricted")
    assert "object" not in page.content().lower()


def test_decision_17_an_objection_without_exceptions_stands_in_an_emergency(page, site):
    sign_in(page, "nurse")

    break_glass(page, site, "objects-no-exceptions")

    expect_refusal(page, "Sharing of this record is restricted")
    assert "object" not in page.content().lower()


def test_decision_22_a_hidden_antiretroviral_is_a_masked_notice_without_its_name(page, site):
    opens(page, site, "pharmacist", "sexual-health")

    medicines = section(page, "Medicines")
    notices = medicines.get_by_text("Restricted medicine: contact the source")
    expect(notices.first).to_be_visible()
    assert not any(name in page.content() for name in ART)


@contextmanager
def without_audit(store):
    with store.writes.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE audit_entry RENAME TO away")
    yield
    with store.writes.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO audit_entry")


@pytest.mark.parametrize("path", ["", "/emergency"])
def test_decision_23_without_the_audit_nothing_is_shown(page, site, path):
    sign_in(page, "ed-consultant")
    break_glass(page, site, "everything")

    with without_audit(site.stack.services.store):
        answer = page.goto(f"{site.record_of('everything')}{path}")

    assert answer is not None
    assert answer.status == 503
    expect_refusal(page, "The service cannot answer now")
