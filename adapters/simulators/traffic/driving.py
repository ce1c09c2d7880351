"""Send the traffic to a gateway over HTTP, one request after the other, each by its own member of staff.

Knows nothing of what the gateway makes of it. What each request was is told by its id (`visits.truth_of`), which the
gateway keeps in its audit (X-Request-Id).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid5

import httpx2

from adapters.simulators.identity_tokens import TOKEN_LIFETIME
from adapters.simulators.traffic.plan import Traffic
from adapters.simulators.traffic.staff import StaffMember
from adapters.simulators.traffic.visits import Step, StepKind
from adapters.simulators.truth import Cohort
from fhir_profiles.nhs_number import NhsNumber

_SECONDS = 30.0
"""Far beyond the gateway's own limit, so that its answer is seen whatever the machine is busy with."""

_CLAIMS = "Came to us today, the referral is not here yet"

_BEFORE_TOKENS_END = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one request; `status` is 0 for one that could not be sent, its person having not been found."""

    request_id: UUID
    status: int


@dataclass(frozen=True, slots=True)
class Places:
    """Where the gateway and the identity provider are, and everybody's password."""

    gateway: str
    identity: str
    password: str = field(repr=False)


@dataclass(slots=True)
class Driver:
    """The sender. `turn_to` is told the moment of each request before it leaves, so that a clock can be set."""

    places: Places
    cohort: Cohort
    turn_to: Callable[[datetime], None]
    client: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=_SECONDS))
    _tokens: dict[str, tuple[str, datetime]] = field(default_factory=dict, repr=False)
    _ids: dict[tuple[str, NhsNumber], str] = field(default_factory=dict, repr=False)

    def drive(self, traffic: Traffic) -> Iterator[Sent]:
        """Send everything in order of time.

        Raises httpx2.HTTPError when gateway or identity provider cannot be reached.
        """
        for at, visit, step in traffic.steps():
            self.turn_to(at)
            yield Sent(step.request_id, self._send(visit.member, step, at))

    def _send(self, member: StaffMember, step: Step, at: datetime) -> int:
        headers = self._headers(member, step.request_id, at)
        if step.kind is StepKind.FIND:
            return self._find(self._by_name(step.about), headers).status_code
        patient = self._id_of(member, step, at)
        if patient is None:
            return 0
        if step.kind is StepKind.CLAIM:
            return self._claim(patient, headers).status_code
        address = f"{self.places.gateway}/fhir/{_READS[step.kind].format(patient)}"
        return self.client.get(address, headers=headers).status_code

    def _claim(self, patient: str, headers: dict[str, str]) -> httpx2.Response:
        claim = {"patient": patient, "reason_code": "referral-not-recorded", "reason": _CLAIMS}
        return self.client.post(f"{self.places.gateway}/access/claims", json=claim, headers=headers)

    def _id_of(self, member: StaffMember, step: Step, at: datetime) -> str | None:
        known = (member.username, step.about)
        if known not in self._ids:
            headers = self._headers(member, uuid5(step.request_id, "number"), at)
            answer = self._find({"identifier": step.about.digits}, headers)
            found = _one_person(answer)
            if found is None:
                return None
            self._ids[known] = found
        return self._ids[known]

    def _find(self, form: dict[str, str], headers: dict[str, str]) -> httpx2.Response:
        address = f"{self.places.gateway}/fhir/Patient/_search"
        return self.client.post(address, data=form, headers=headers)

    def _by_name(self, number: NhsNumber) -> dict[str, str]:
        person = self.cohort.people[number]
        return {"family": person.family_name, "birthdate": person.born_on.isoformat()}

    def _headers(self, member: StaffMember, request_id: UUID, at: datetime) -> dict[str, str]:
        token = self._token(member, at)
        return {"Authorization": f"Bearer {token}", "X-Request-Id": str(request_id)}

    def _token(self, member: StaffMember, at: datetime) -> str:
        token, until = self._tokens.get(member.username, ("", at))
        if at >= until:
            form = {"username": member.username, "password": self.places.password}
            answer = self.client.post(
                f"{self.places.identity}/token", data={"grant_type": "password", **form}
            )
            token = answer.raise_for_status().json()["access_token"]
            self._tokens[member.username] = (token, at + TOKEN_LIFETIME - _BEFORE_TOKENS_END)
        return token


_READS = {
    StepKind.VIEW: "Patient/{}/$everything",
    StepKind.SEARCH: "Condition?patient={}",
}


def _one_person(answer: httpx2.Response) -> str | None:
    if answer.status_code != HTTPStatus.OK:
        return None
    entries: list[dict[str, Any]] = answer.json().get("entry", [])
    found = [each["resource"]["id"] for each in entries if each["search"]["mode"] == "match"]
    return str(found[0]) if len(found) == 1 else None
