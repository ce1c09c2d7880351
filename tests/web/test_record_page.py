from msgspec import structs

from adapters.contract import Outcome
from fhir_profiles.systems import JOURNEY
from fhir_profiles.vocabulary import Category
from gateway.web.facts import UNREADABLE
from gateway.web.record_page import Deployment, record_page
from gateway.web.source_words import SourceName
from gateway.web.writing import Frame, write_page
from rbac.types import Level
from tests.web.factories import NOW, allergy, line, shown, snomed, status, view

DEPLOYMENT = Deployment(
    names={
        "gp": SourceName("GP record", "The GP record"),
        "hospital": SourceName("Hospital record", "The hospital record"),
    },
    supplies={},
    organisations={"F84004": "Camden Road Surgery"},
)


ALONE = {"emergency": None, "may_ask": False, "may_withdraw": False, "patient_id": "p"}


def laid_out(*items, **other):
    return record_page(view(*items, **other), DEPLOYMENT, NOW)


def section(name, *items, **other):
    page = laid_out(*items, **other)
    return next(each for each in page.sections if each.name == name)


def only_line(name, item, *more):
    return section(name, item, *more).entries[0].lines[0]


def facts(line_of_entry):
    return {fact.term: fact.words for fact in line_of_entry.facts}


def medicine(resource_type="MedicationRequest", **other):
    named = {"medicationCodeableConcept": snomed("1", "Amlodipine 5mg tablets"), **other}
    return shown(Category.MEDICATIONS, resourceType=resource_type, **named)


def encounter(**other):
    return shown(Category.ENCOUNTERS, resourceType="Encounter", **other)


def derived(resource_type, category, **elements):
    return shown(category, source=None, resourceType=resource_type, **elements)


def html_of(*items, **other):
    page = laid_out(*items, **other)
    principal = view().permit.principal
    session = type("Signed", (), {"principal": principal, "form_token": "t", "profiles": ()})()
    return write_page(
        "record.html", Frame(session, is_demo=False), ALONE | {"page": page}
    ).body.decode()


def test_sections_stand_in_the_order_of_danger():
    assert [each.name for each in laid_out().sections] == [
        "alerts",
        "allergies",
        "problems",
        "medications",
        "encounters",
    ]


def test_an_allergy_is_told_with_reaction_risk_and_dates():
    item = allergy(
        reaction=[{"manifestation": [snomed("39579001", "Anaphylaxis")], "severity": "severe"}],
        criticality="high",
        onsetDateTime="2019",
        recordedDate="2020-01-02",
        note=[{"text": "Seen by mother"}],
    )

    assert facts(only_line("allergies", item)) == {
        "Reaction": "Anaphylaxis (severe)",
        "Risk": "High: potential for life-threatening reaction",
        "Note": "Seen by mother",
        "From": "2019",
        "Recorded": "2 January 2020",
    }


def test_a_dose_keeps_the_digits_of_its_source():
    quantity = {"value": 1.50, "unit": "mg"}
    body = {"dosageInstruction": [{"doseAndRate": [{"doseQuantity": quantity}]}]}
    item = medicine(**body)
    raw = b"".join(item.render()).replace(b"1.5", b"1.50")
    item = structs.replace(item, render=lambda: [raw])

    assert facts(only_line("medications", item))["Dose"] == "1.50 mg"


def test_advice_that_the_dose_already_says_is_not_said_twice():
    dosage = {"text": "5 mg at night", "patientInstruction": "at night", "route": {"text": "Oral"}}
    item = medicine("MedicationStatement", dosage=[dosage])

    assert facts(only_line("medications", item)) == {
        "Kind": "Stated as taken",
        "Dose": "5 mg at night, Oral",
    }


def test_a_part_that_cannot_be_read_is_said_to_be_so():
    item = medicine(dosageInstruction="twice a day", intent=7, note=3)

    told = facts(only_line("medications", item))

    assert told == {"Kind": UNREADABLE, "Dose": UNREADABLE, "Note": UNREADABLE}


def test_a_medicine_told_by_reference_is_named_and_put_with_its_drug():
    product = shown(None, resourceType="Medication", code=snomed("1", "Amlodipine 5mg tablets"))
    by_reference = shown(
        Category.MEDICATIONS,
        resourceType="MedicationStatement",
        medicationReference={"reference": f"Medication/{product.id}"},
    )

    [entry] = section("medications", medicine(), by_reference, product).entries

    assert [each.what for each in entry.lines] == ["Amlodipine 5mg tablets"] * 2


def test_a_medicine_inside_its_own_statement_is_named():
    inside = {"resourceType": "Medication", "id": "m", "code": {"text": "Codeine"}}
    item = shown(
        Category.MEDICATIONS,
        resourceType="MedicationStatement",
        contained=[inside],
        medicationReference={"reference": "#m"},
    )

    assert only_line("medications", item).what == "Codeine"


def test_a_medicine_whose_product_is_not_in_view_has_the_words_of_its_reference_or_none():
    told = shown(Category.MEDICATIONS, resourceType="MedicationStatement",
                 medicationReference={"display": "Iron"})  # fmt: skip
    silent = shown(Category.MEDICATIONS, resourceType="MedicationStatement")

    assert only_line("medications", told).what == "Iron"
    assert only_line("medications", silent).what == "Not named by the source"


def test_an_encounter_without_a_type_is_named_by_its_class():
    emergency = {"code": "EMER", "display": "emergency"}
    item = encounter(period={"start": "2026"}, **{"class": emergency})

    assert only_line("encounters", item).what == "emergency"


def test_an_encounter_is_told_with_service_reason_place_and_provider():
    item = encounter(
        type=[snomed("1", "Visit")],
        serviceType={"text": "Cardiology"},
        reasonCode=[{"text": "Chest pain"}, {"coding": [{"code": "77"}]}],
        location=[{"location": {"display": "Ward 3"}}, {}],
        serviceProvider={"display": "UCLH"},
        period={"start": "2026-01-02", "end": "2026-01-04"},
    )

    assert facts(only_line("encounters", item)) == {
        "Service": "Cardiology",
        "Reason": "Chest pain; code 77",
        "Place": "Ward 3",
        "Provider": "UCLH",
        "When": "2 January 2026 to 4 January 2026",
    }


def test_a_copy_is_tied_to_the_first_and_keeps_its_own_words():
    first = allergy(group=4)
    copy = shown(Category.ALLERGIES, source="hospital", group=4, code={"text": "Penicillin V"})

    [entry] = section("allergies", first, copy).entries

    assert [(each.source, each.copied_as) for each in entry.lines] == [
        ("GP record", ""),
        ("Hospital record", "Penicillin V"),
    ]


def test_a_dispensed_medicine_and_an_alert_are_told_with_their_dates():
    dispensed = medicine("MedicationDispense", whenHandedOver="2026-01-02")
    alert = shown(Category.ALERTS, resourceType="Flag", status="active", period={"start": "2025"})
    message = shown(Category.ENCOUNTERS, resourceType="Communication", sent="2026-01-03")

    assert facts(only_line("medications", dispensed))["Handed over"] == "2 January 2026"
    assert facts(only_line("alerts", alert)) == {"When": "2025, no end recorded"}
    assert facts(only_line("encounters", message)) == {"Date": "3 January 2026"}


def test_a_masked_medicine_tells_only_that_it_exists():
    masked = medicine(level=Level.MASK, status="active", dosageInstruction=[{"text": "secret"}])

    [entry] = section("medications", masked).entries

    assert (entry.what, entry.is_masked) == ("Restricted medicine: contact the source", True)
    assert entry.lines[0].facts == ()
    assert "secret" not in html_of(masked)


def test_what_a_label_leaves_is_said_in_its_own_words():
    said = "Safeguarding information exists: contact the lead"
    masked = shown(Category.ALERTS, resourceType="Flag", level=Level.MASK, code={"text": said})

    [entry] = section("alerts", masked).entries

    assert (entry.what, entry.is_masked) == (said, True)


def test_what_a_summary_leaves_unnamed_is_not_said_of_the_source():
    silent = shown(Category.MEDICATIONS, resourceType="MedicationStatement", level=Level.SUMMARY)

    assert only_line("medications", silent).what == "Not named in the summary that your role sees"


def test_a_summary_says_that_it_is_one():
    item = allergy(level=Level.SUMMARY)

    assert only_line("allergies", item).notice == "Your role sees a summary of this item."


def test_a_retracted_item_is_struck_through_in_words_and_in_form():
    html = html_of(allergy(verificationStatus=status("entered-in-error")))

    assert "<s>Allergy to penicillin</s>" in html
    assert "Entered in error: withdrawn by the source" in html


def test_an_undated_encounter_stands_in_a_place_of_its_own():
    found = section("encounters", encounter(), encounter(period={"start": "2026-01-01"}))

    assert (len(found.entries), len(found.undated)) == (1, 1)


def test_a_journey_is_named_at_each_of_its_encounters():
    one, two = encounter(period={"start": "2026-01-01"}), encounter(period={"start": "2026-01-02"})
    entries = [{"item": {"reference": f"Encounter/{each.id}"}} for each in (one, two)]
    code = {"coding": [{"system": JOURNEY, "code": "journey"}]}
    journey = derived("List", Category.ENCOUNTERS, code=code, entry=entries)

    found = section("encounters", one, two, journey)

    assert [each.words for each in found.journeys] == ["Journey 1"]
    assert {each.journeys for each in found.entries} == {("Journey 1",)}


def test_what_is_laid_out_is_what_is_said_to_be_shown():
    product = shown(None, resourceType="Medication", code={"text": "x"})
    seen, result = allergy(), shown(Category.RESULTS, resourceType="Observation")
    issue = derived("DetectedIssue", Category.ALERTS, detail="d", implicated=[])

    assert laid_out(seen, result, product, issue).shown == (seen, product, issue)


def test_a_gap_is_told_at_the_top_and_in_every_section_that_it_touches():
    html = html_of(lines=[line("gp", Outcome.TIMED_OUT, 0), line("hospital")])

    assert 'role="alert"' in html
    assert html.count("The GP record did not answer") == 5
    assert "do not read this page as ‘no known allergies’" in html


def test_a_complete_page_raises_no_alarm():
    html = html_of(allergy())

    assert 'role="alert"' not in html
    assert "Warning" not in html


def test_nothing_that_a_source_sends_becomes_markup():
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    items = [
        shown(Category.ALLERGIES, code={"text": attack}, note=[{"text": attack}]),
        medicine(dosageInstruction=[{"text": attack}]),
        encounter(type=[{"text": attack}], period={"start": attack}),
        derived("DetectedIssue", Category.ALERTS, detail=attack, implicated=[]),
    ]

    html = html_of(*items)

    assert "<script" not in html
    assert "<img" not in html
    assert html.count("&lt;script&gt;") >= 5


def test_a_source_without_a_name_is_called_by_its_id():
    assert laid_out(lines=[line("other")]).strip[0].label == "other"
