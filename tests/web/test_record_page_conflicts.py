from fhir_profiles.vocabulary import Category
from tests.web.factories import allergy, no_known_allergy
from tests.web.test_record_page import derived, laid_out, medicine


def test_a_conflict_of_doses_tells_each_sources_dose_on_the_page():
    ten = medicine(dosageInstruction=[{"text": "10 mg once daily"}], intent="plan")
    five = medicine("MedicationStatement", source="hospital", dosage=[{"text": "5.00 mg"}])
    issue = derived(
        "DetectedIssue",
        Category.ALERTS,
        detail="Sources state different doses of one medicine.",
        implicated=[
            {"reference": f"MedicationRequest/{ten.id}"},
            {"reference": f"MedicationStatement/{five.id}"},
        ],
    )

    [conflict] = laid_out(ten, five, issue).conflicts

    assert conflict.words == "Sources state different doses of one medicine."
    assert [each.words for each in conflict.members] == [
        "Amlodipine 5mg tablets, dose 10 mg once daily, GP record",
        "Amlodipine 5mg tablets, dose 5.00 mg, Hospital record",
    ]


def test_a_conflict_names_both_witnesses_and_leads_to_them():
    denial, stated = no_known_allergy(source="hospital"), allergy()
    references = [{"reference": f"AllergyIntolerance/{each.id}"} for each in (denial, stated)]
    gone = {"reference": "Observation/gone"}
    issue = derived("DetectedIssue", Category.ALERTS, detail="They differ.",
                    implicated=[*references, gone])  # fmt: skip

    [tie] = laid_out(denial, stated, issue).conflicts

    assert tie.words == "They differ."
    assert [each.anchor for each in tie.members] == [f"item-{denial.id}", f"item-{stated.id}", ""]
    assert tie.members[0].words == "No known allergy, Hospital record"
