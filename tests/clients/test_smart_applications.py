"""SMART applications of other makers, unchanged, are launched at the demo and see what was agreed to, and no more."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running_demo import demo_in
from tests.clients.launching import (
    ANOTHER,
    SCOPE,
    TYPES,
    Demo,
    application,
    handed_over,
    machine_token,
    page_of,
)
from tests.clients.node import HERE, run_python

PUBLIC, KEYED = "demo-viewer", "demo-keyed-viewer"
RETURN = "http://127.0.0.1:4711/callback"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demo_in(tmp_path_factory.mktemp("demo")) as printed:
        yield Demo(printed)


@pytest.fixture
def node(node_packages: Path) -> None:
    assert node_packages == HERE


async def client_py(demo: Demo, user: str, scope: str = SCOPE, **more: Any) -> Any:
    task = {"base": demo.base, "client_id": PUBLIC, "redirect_uri": RETURN, "scope": scope}
    asked = {"person": demo.person(user), "another": await demo.id_of(ANOTHER)}
    return await run_python("fhirclient_viewer.py", {**task, **asked, **more})


async def client_js(demo: Demo, user: str, scope: str = SCOPE, client_id: str = PUBLIC) -> Any:
    async with application(demo, client_id, scope) as address:
        return await page_of(f"{address}/launch", demo.person(user))


async def test_client_py_launches_alone_and_sees_what_was_agreed_to(demo: Demo):
    saw = await client_py(demo, "gp")

    assert (saw["was_ready"], saw["is_ready"]) == (False, True)
    assert set(saw["scope"].split()) == {"launch/patient", *SCOPE.split()}
    assert saw["patient"] == saw["context"]["patient"]
    assert all(saw["counts"][each] > 0 for each in TYPES), saw["counts"]
    assert (saw["encounters"], saw["another"], saw["nobody"]) == ("denied", "denied", "not-found")


async def test_client_js_launches_alone_and_sees_what_was_agreed_to(demo: Demo, node: None):
    saw = await client_js(demo, "gp")

    assert set(saw["scope"].split()) == {"launch/patient", *SCOPE.split()}
    assert all(saw["counts"][each] > 0 for each in TYPES), saw["counts"]
    assert set(saw["everything"]) - {"OperationOutcome"} == set(TYPES)
    assert (saw["encounters"], saw["another"], saw["nobody"]) == (403, 403, 404)
    assert saw["user"] == "Nwosu"


async def test_both_see_the_same_of_the_same_person(demo: Demo, node: None):
    one, other = await client_py(demo, "gp"), await client_js(demo, "gp")

    assert (one["patient"], one["counts"]) == (other["patient"], other["counts"])


async def test_client_js_is_opened_by_a_record_system(demo: Demo, node: None):
    handed = await handed_over(demo, PUBLIC, "gp")

    async with application(demo, PUBLIC, SCOPE) as address:
        launch = f"{address}/launch?iss={handed['iss']}&launch={handed['launch']}"
        saw = await page_of(launch, {**demo.person("gp"), "patient": ""})

    assert handed["iss"] == demo.base
    assert "launch/patient" not in saw["scope"].split()
    assert all(saw["counts"][each] > 0 for each in TYPES), saw["counts"]


async def test_client_py_is_opened_by_a_record_system(demo: Demo):
    handed = await handed_over(demo, PUBLIC, "gp")

    saw = await client_py(demo, "gp", launch={"launch_token": handed["launch"]})

    assert all(saw["counts"][each] > 0 for each in TYPES), saw["counts"]


@pytest.mark.parametrize("algorithm", ["ES384", "RS384"])
async def test_client_js_proves_itself_by_key(demo: Demo, node: None, algorithm: str):
    async with application(demo, KEYED, SCOPE, key=demo.key(algorithm)) as address:
        saw = await page_of(f"{address}/launch", demo.person("gp"))

    assert saw["counts"]["Condition"] > 0


async def test_client_js_without_its_key_gets_no_token(demo: Demo, node: None):
    saw = await client_js(demo, "gp", client_id=KEYED)

    assert "invalid_client" in saw["error"]


async def test_scopes_of_version_1_work_alike(demo: Demo, node: None):
    scope = "openid fhirUser patient/Patient.read " + " ".join(f"patient/{t}.read" for t in TYPES)

    saw = await client_js(demo, "gp", scope)

    assert set(saw["scope"].split()) == {"launch/patient", *scope.split()}
    assert set(saw["everything"]) - {"OperationOutcome"} == {*TYPES, "Patient"}


async def test_what_the_role_may_not_see_no_scope_opens(demo: Demo):
    saw = await client_py(demo, "receptionist")

    assert saw["counts"] == dict.fromkeys(TYPES, 0)
    assert saw["family"]


@pytest.mark.parametrize("algorithm", ["ES384", "RS384"])
async def test_a_machine_gets_a_token_by_its_key_and_opens_no_record(demo: Demo, algorithm: str):
    answer = await machine_token(demo, algorithm)

    opened = await demo.asked(answer["access_token"], f"Patient/{await demo.id_of(ANOTHER)}")
    assert answer["scope"] == "system/*.rs"
    assert opened.status_code == 403


async def test_a_machine_is_let_in_to_exports_and_whoever_signs_in_is_not(demo: Demo):
    machine = (await machine_token(demo, "ES384", "to export"))["access_token"]

    let_in = await demo.asked(machine, "$export")
    turned_away = await demo.asked(await demo.token_of("planner"), "$export")

    assert (let_in.status_code, "Prefer" in let_in.text) == (400, True)
    assert turned_away.status_code == 403


async def test_the_demo_claims_what_these_tests_show_and_nothing_else(demo: Demo):
    answer = await demo.asked("", ".well-known/smart-configuration")

    assert "client_credentials" in answer.json()["grant_types_supported"]
    assert {"system/*.rs", "system/*.read"} <= set(answer.json()["scopes_supported"])
    assert set(answer.json()["capabilities"]) == {
        *("launch-standalone", "launch-ehr", "context-standalone-patient", "context-ehr-patient"),
        *("client-public", "client-confidential-asymmetric", "sso-openid-connect"),
        *("permission-patient", "permission-user", "permission-v1", "permission-v2"),
    }
