"""Do a planner's machine's job against the running demo: fetch the release by its own key, with nobody signed in.

SMART Backend Services and Bulk Data Access 3.0, by hand: what other makers' clients do, `tests/clients` tries.
"""

import json
from datetime import timedelta
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import KeySet

from adapters.simulators.client_assertions import ASSERTION_TYPE
from adapters.simulators.demo_users import PLANNER_CLIENT
from gateway.demo.job_steps import answered, expect
from gateway.demo.running import Demo
from gateway.demo.simulators import Simulated
from gateway.demo.smart import SYSTEM_SCOPES
from gateway.demo.visitor import Visitor
from gateway.wiring import new_id, now

_LIFE = timedelta(minutes=2)
_ACCEPTED = 202


def export_by_key(demo: Demo, release: str, folder: Path) -> str:
    """Fetch every file of a release as its project's machine, and hold it against the one that was approved.

    Raises UnexpectedError.
    """
    machine = Visitor(demo.gateway, _token(demo))
    asked = f"/fhir/$export?release={release}"
    begun = machine.get(asked, {"Prefer": "respond-async"})
    expect(begun.status == _ACCEPTED, f"status {begun.status}")
    place = begun.headers["content-location"].removeprefix(demo.gateway)
    files = [each["url"] for each in answered(machine.get(place)).json()["output"]]
    for url in files:
        content = answered(machine.get(url.removeprefix(demo.gateway))).body
        approved = folder / url.rpartition("/")[2]
        expect(content == approved.read_bytes(), f"{approved.name} is another file")
    ended = machine.delete(place)
    expect(files and ended.status == _ACCEPTED, f"status {ended.status}")
    return f"{len(files)} files, each the one that was approved"


def _token(demo: Demo) -> str:
    issuer = Visitor(demo.addresses[Simulated.IDENTITY])
    kept = json.loads(demo.folder.client_keys.read_text(encoding="utf-8"))
    key = KeySet.import_key_set(kept).keys[0]
    algorithm = str(key.alg)
    said = {
        "iss": PLANNER_CLIENT,
        "sub": PLANNER_CLIENT,
        "aud": f"{issuer.address}/token",
        "exp": int((now() + _LIFE).timestamp()),
        "jti": str(new_id()),
    }
    header = {"alg": algorithm, "kid": key.kid}
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": jwt.encode(header, said, key, algorithms=[algorithm]),
        "scope": SYSTEM_SCOPES[0],
    }
    return str(answered(issuer.post_form("/token", form)).json()["access_token"])
