"""Hold the tables against the published models: every STU3 element has a row, every target is R4's."""

import pytest
from fhir.resources.R4B import get_fhir_model_class as r4_model_of
from fhir.resources.STU3 import get_fhir_model_class as stu3_model_of

from adapters.stu3_to_r4.catalogue import RULES

EVERY_TYPE = {
    "resourceType",
    "id",
    "meta",
    "implicitRules",
    "language",
    "text",
    "contained",
    "extension",
    "modifierExtension",
    "fhir_comments",
}
every_table = pytest.mark.parametrize("rules", RULES.values(), ids=RULES)


def _elements_of(model) -> set[str]:
    named = {field.alias or name for name, field in model.model_fields.items()}
    return {name for name in named if not name.startswith("_")} - EVERY_TYPE - {"resource_type"}


@every_table
def test_a_table_has_a_row_for_every_stu3_element(rules):
    assert _elements_of(stu3_model_of(rules.stu3_type)) - rules.fields.keys() == set()


@every_table
def test_a_table_has_no_row_for_what_stu3_does_not_have(rules):
    assert rules.fields.keys() - _elements_of(stu3_model_of(rules.stu3_type)) == set()


@every_table
def test_a_renamed_element_has_a_name_that_r4_knows(rules):
    targets = {target for target in rules.fields.values() if isinstance(target, str)}

    assert targets - _elements_of(r4_model_of(rules.r4_type)) == set()


@pytest.mark.parametrize(
    ("stu3_type", "profiles"),
    [
        ("ReferralRequest", ["https://fhir.hl7.org.uk/StructureDefinition/UKCore-ServiceRequest"]),
        ("Patient", ["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient"]),
        ("Binary", []),
    ],
)
def test_a_table_claims_the_uk_core_profile_of_its_type_where_there_is_one(stu3_type, profiles):
    assert RULES[stu3_type].profiles == profiles
