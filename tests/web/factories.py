"""Make shown items, lines and views by hand; only what matters to a test is given."""

from datetime import UTC, datetime
from itertools import count
from uuid import UUID

import orjson

from adapters.contract import AddressUse, Demographics, Outcome
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.spans import read_resource
from fhir_profiles.systems import SNOMED_CT
from fhir_profiles.vocabulary import Category, Label
from gateway.access.permit import Permit
from gateway.app_context import AppContext
from gateway.identity import Principal
from gateway.patient.join import View
from gateway.patient.receipt import Receipt, SourceLine
from gateway.patient.sections import Ground
from gateway.patient.shown import ShownItem
from rbac.types import Level, Levels, OrganisationKind, Purpose

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NUMBER = NhsNumber("9990000018")
EVERYTHING = Levels(
    {(category, Label.NORMAL): Level.ALL for category in Category},
    frozenset(),
)
PERSON = Demographics(
    nhs_number=NUMBER,
    family_name="O'Brien",
    given_names=("Ann", "May"),
    prefix="Ms",
    gender="female",
    born_on="1980-03-03",
    died_at=None,
    practice="F84004",
    address_lines=("1 High Street",),
    postcode="N1 1AA",
    address_use=AddressUse.UNRESTRICTED,
    body=b'{"resourceType":"Patient"}',
)
PRINCIPAL = Principal(
    user_id="555",
    family_name="Raman",
    given_name="Devi",
    role="ed_consultant",
    role_code="R0050",
    role_profile_id="1",
    organisation="RRV",
    organisation_kind=OrganisationKind.TRUST,
    organisation_name="University College London Hospitals",
    purposes=frozenset({Purpose.TREAT}),
    token_hash="0" * 64,
    expires_at=NOW.replace(hour=17),
    app=AppContext(needs_scopes=False),
)
_ids = count(1)


def shown(category, source="gp", level=Level.ALL, group=None, **resource):
    """Make an item of FHIR elements; `resourceType` is an allergy's where none is given."""
    new_id = f"id{next(_ids)}"
    body = orjson.dumps({"resourceType": "AllergyIntolerance", "id": new_id, **resource})
    return ShownItem(
        id=new_id,
        header=read_resource(body).header,
        category=category,
        level=level,
        source_id=source,
        group=group,
        render=lambda: [body],
        original=lambda: None,
    )


def snomed(code, display=""):
    return {"coding": [{"system": SNOMED_CT, "code": code, "display": display or code}]}


def status(word):
    return {"coding": [{"code": word}]}


def allergy(code="91936005", **other):
    return shown(Category.ALLERGIES, code=snomed(code, "Allergy to penicillin"), **other)


def no_known_allergy(**other):
    return shown(Category.ALLERGIES, code=snomed("716186003", "No known allergy"), **other)


def line(source="gp", outcome=Outcome.DATA, shown_count=1, **other):
    is_complete = outcome in {Outcome.DATA, Outcome.EMPTY, Outcome.NOT_ASKED}
    is_whole = is_complete and not other.get("notices")
    return SourceLine(source, outcome, shown_count, is_complete=is_whole, **other)


def ground(*lines, supplies=None, levels=EVERYTHING):
    return Ground(Receipt(lines or (line(),)), supplies or {}, levels)


def permit(person=PERSON, levels=EVERYTHING, hides_whereabouts=False):
    return Permit(
        decision_id=UUID(int=1),
        patient=NUMBER,
        patient_id="patient1",
        person=person,
        principal=PRINCIPAL,
        purpose=Purpose.TREAT,
        levels=levels,
        policy_version="v",
        relationship="registered",
        objected_sources=frozenset(),
        hides_whereabouts=hides_whereabouts,
        expires_at=NOW,
    )


def view(*items, lines=(), **other):
    return View(
        permit=permit(**other),
        items=items,
        receipt=Receipt(tuple(lines) or (line(),)),
        ends=(),
        withheld={},
        basis=b"",
    )
