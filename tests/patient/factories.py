"""Make people, FHIR resources, sources' answers and permits by hand; only what matters to a test is given."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from adapters.contract import AddressUse, Demographics, Outcome, Reason, SourceAnswer, Stage
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.spans import ResourceSpan, read_resource
from fhir_profiles.systems import NHS_NUMBER, NHS_NUMBER_VERIFICATION_STATUS, SNOMED_CT
from fhir_profiles.vocabulary import HARD_BARRED, Category, Label
from gateway.access.agreements import coverage_of
from gateway.access.permit import Permit
from gateway.access.sharing import Sharing
from gateway.app_context import AppContext
from gateway.identity import Principal
from gateway.patient.directory import KnownSource, SourceDirectory
from gateway.patient.ids import PatientIds
from gateway.patient.items import Item
from gateway.patient.join import Joiner
from gateway.patient.shown import ShownItem
from gateway.patient.work import Worked, WorkMemory, worked_of
from gateway.store.words import DataItem
from rbac.types import Act, Level, Levels, OrganisationKind, Purpose

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NUMBER = NhsNumber("9990000018")
OLD_NUMBER = NhsNumber("9990000026")
OTHER_NUMBER = NhsNumber("9990000034")
IDS = PatientIds([bytes(range(64))])
PATIENT_ID = IDS.seal(NUMBER)
ME = {"reference": "Patient/p1"}
EVERYTHING_AGREED = coverage_of(DataItem)
SHARED = Sharing(dict.fromkeys(("F84004", "F83021", "RRV", "RRU"), EVERYTHING_AGREED))
WITHOUT_IMAGES = Sharing(
    dict.fromkeys(SHARED.by_organisation, coverage_of(set(DataItem) - {DataItem.IMAGES}))
)
SENSITIVE = {"sexual-health": "HIV", "mental-health": "PSY", "safeguarding": "SDV"}


def clock():
    return NOW


def encoded(value):
    return json.dumps(value).encode()


def verified(number=NUMBER, status="01", **changes):
    """An NHS number as a source holds it; `status` None leaves out what says that it was traced."""
    coding = {"code": status}
    extension = {
        "url": NHS_NUMBER_VERIFICATION_STATUS,
        "valueCodeableConcept": {"coding": [coding]},
    }
    stated = {} if status is None else {"extension": [extension]}
    return {"system": NHS_NUMBER, "value": number.digits, **stated, **changes}


def patient(local_id="p1", number=NUMBER, status="01", **changes):
    return {
        "resourceType": "Patient",
        "id": local_id,
        "identifier": [verified(number, status)],
        "name": [{"family": "Okafor", "given": ["Ada"]}],
        "gender": "female",
        "birthDate": "1980-02-03",
        **changes,
    }


def resource(resource_type, local_id="1", **members):
    """A resource about the person, unless it is given another subject (None leaves it out)."""
    subject = "patient" if resource_type in {"AllergyIntolerance", "Immunization"} else "subject"
    whole = {"resourceType": resource_type, "id": local_id, subject: ME, **members}
    return {name: value for name, value in whole.items() if value is not None}


def coded(code, system=SNOMED_CT):
    return {"coding": [{"system": system, "code": code}]}


def labelled(label):
    """A `meta` with the security label that means this."""
    return {"security": [{"system": "urn:any", "code": SENSITIVE.get(label, label)}]}


def bundle(*resources, **changes):
    entries = [each if "resource" in each else {"resource": each} for each in resources]
    return encoded({"resourceType": "Bundle", "type": "searchset", "entry": entries, **changes})


def answer(*resources, source="hospital", outcome=Outcome.DATA, **changes):
    """One source's answer in one page, the person's Patient first."""
    return SourceAnswer(source, outcome, bodies=(bundle(patient(), *resources),), **changes)


def unanswered(source, outcome=Outcome.TIMED_OUT, reason=Reason.DEADLINE):
    return SourceAnswer(source, outcome, reason)


def person(**changes):
    """The person as PDS knows them."""
    known = Demographics(
        nhs_number=NUMBER,
        family_name="Okafor",
        given_names=("Ada",),
        prefix=None,
        gender="female",
        born_on="1980-02-03",
        died_at=None,
        practice="F84004",
        address_lines=("1 High Street",),
        postcode="N1 1AA",
        address_use=AddressUse.UNRESTRICTED,
        body=encoded(patient(local_id=NUMBER.digits)),
    )
    return replace(known, **changes)


def principal(**changes):
    known = Principal(
        user_id="u1",
        family_name="Example",
        given_name="Kim",
        role="gp",
        role_code="R0260",
        role_profile_id="555021540101",
        organisation="F84004",
        organisation_kind=OrganisationKind.GENERAL_PRACTICE,
        organisation_name="The Practice",
        purposes=frozenset({Purpose.TREAT}),
        token_hash="a" * 64,
        expires_at=NOW + timedelta(hours=1),
        app=AppContext(needs_scopes=False),
    )
    return replace(known, **changes)


def levels(base=Level.ALL, **by_word):
    """Levels: `base` everywhere, another one for a category or a label by its word (with underscores)."""
    named = {word.replace("_", "-"): level for word, level in by_word.items()}
    view = {
        (category, label): min(
            named.get(category.value, base),
            named.get(label.value, Level.ALL),
            key=lambda it: it.rank,
        )
        for category in Category
        for label in set(Label) - HARD_BARRED
    }
    return Levels(view, frozenset((Act.SEARCH, category) for category in Category))


def permit(**changes):
    known = Permit(
        decision_id=UUID(int=1),
        patient=NUMBER,
        patient_id=PATIENT_ID,
        person=person(),
        principal=principal(),
        purpose=Purpose.TREAT,
        levels=levels(),
        policy_version="v1",
        relationship="registered-gp",
        objected_sources=frozenset(),
        hides_whereabouts=False,
        expires_at=NOW + timedelta(minutes=5),
        agreements=("agreement",),
        sharing=SHARED,
    )
    return replace(known, **changes)


def refuses_to_be_asked(_practice):
    raise AssertionError("No source is asked here.")


def known_source(source_id, organisation=None, stage=Stage.OPEN, **changes):
    known = KnownSource(source_id, organisation, stage, frozenset(Category), refuses_to_be_asked)
    return replace(known, **changes)


DIRECTORY = SourceDirectory(
    (
        known_source("gp"),
        known_source("hospital", "RRV"),
        known_source("ambulance", "RRU"),
    )
)


def joiner(directory=DIRECTORY, **changes):
    return Joiner(directory, IDS, WorkMemory(lambda: 0.0), clock, **changes)


def joined(*answers, directory=DIRECTORY, **changes):
    """The view of these answers; whatever source of the directory is not among them was empty."""
    given = {each.source_id: each for each in answers}
    every = [
        given.get(each.source_id, SourceAnswer(each.source_id, Outcome.EMPTY))
        for each in directory.sources
    ]
    return joiner(directory).join(permit(**changes), every)


def rendered(item):
    """The resource as the reader gets it."""
    return json.loads(b"".join(item.render()))


def shown(view, resource_type):
    """What the reader gets of one type, from the sources."""
    return [
        rendered(each)
        for each in view.items
        if each.resource_type == resource_type and each.source_id not in {None, "pds"}
    ]


def worked(content: Mapping[str, object], full_url=None) -> Worked:
    span = read_resource(encoded(content))
    assert span is not None
    return worked_of(ResourceSpan(span.body, span.header, full_url))


def item(content, source="hospital", is_own=False):
    return Item(source, worked(content), is_own)


def shown_item(content, item_id=None, source="hospital", group=None, level=Level.ALL):
    """A resource as narrowing left it."""
    done = worked(content)
    return ShownItem(
        id=item_id or f"{source}-{content['resourceType']}-{content.get('id')}",
        header=done.header,
        category=done.category,
        level=level,
        source_id=source,
        group=group,
        render=lambda: [done.body],
        original=lambda: None,
    )


def named_by(resource_type, local_id="x"):
    return {"reference": f"{resource_type}/{local_id}"}
