"""Name the promises that have a full run: how much is tried, by which tests, of which code.

Runs none (`tests/prove.py` does). What each means to a reader is in docs/promises.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """What is promised, how often it is tried in full, by which tests, and which code it speaks of.

    `switches` are the environment variables by which the tests learn the full count.
    """

    says: str
    count: int
    switches: Mapping[str, str]
    tests: tuple[str, ...]
    code: tuple[str, ...]


PROMISES: Mapping[str, Promise] = {
    "P01": Promise(
        "No resource of another person is proven or joined, of generated answers with mix-ups.",
        100_000,
        {"SCR_PROVE_COUNT": "100000"},
        ("tests/safety/test_p01_mixups.py",),
        (
            "adapters/fhir_r4.py",
            "fhir_profiles/contained.py",
            "fhir_profiles/headers.py",
            "fhir_profiles/references.py",
            "fhir_profiles/spans.py",
            "fhir_profiles/uk_core.py",
            "gateway/patient/join.py",
            "gateway/patient/narrow.py",
            "gateway/patient/people.py",
            "gateway/patient/splice.py",
            "gateway/patient/verify.py",
            "gateway/patient/work.py",
            "tests/safety/mixups.py",
            "tests/safety/test_p01_mixups.py",
        ),
    ),
    "P02": Promise(
        "The service decides as an independent reference does, over random policies and random worlds.",
        1_000_000,
        {"SCR_PROVE_COUNT": "950000", "SCR_PROVE_WHOLE": "50000"},
        (
            "tests/differential/test_p02_rows.py",
            "tests/differential/test_p02_whole_decisions.py",
        ),
        (
            "gateway/access",
            "rbac",
            "tests/differential",
            "tests/reference",
        ),
    ),
    "P03": Promise(
        "Every part that a decision rests on may fail in five ways, and nothing is disclosed.",
        45,
        {},
        ("tests/safety/test_p03_fail_closed.py", "tests/safety/test_p03_storage.py"),
        (
            "gateway/access",
            "gateway/patient/disclosure.py",
            "gateway/patient/find.py",
            "gateway/policy/active.py",
            "rbac/decide.py",
            "tests/safety/failing_parts.py",
        ),
    ),
    "P04": Promise(
        "Every decision that a worker served before a kill has its durable row B.",
        2_000,
        {"SCR_PROVE_KILLS": "2000"},
        ("tests/audit/test_kill.py",),
        ("gateway/audit", "gateway/store/engine.py", "tests/audit/test_kill.py"),
    ),
    "P08": Promise(
        "After a change of policy is acknowledged, no worker allows anything under the one before.",
        10_000,
        {"SCR_PROVE_TRIALS": "10000", "SCR_PROVE_WORKERS": "4"},
        ("tests/safety/test_p08_live_everywhere.py",),
        (
            "gateway/access/role_ground.py",
            "gateway/audit/entries.py",
            "gateway/policy",
            "gateway/store/policies.py",
            "tests/safety/test_p08_live_everywhere.py",
        ),
    ),
    "P15": Promise(
        "Of pairs of worlds, one with and one without what narrowing withheld and with every word changed that "
        "was not told, all requests of every shape are answered alike, byte for byte.",
        10_000,
        {"SCR_PROVE_COUNT": "10000"},
        ("tests/inference/test_p15_hidden_is_absent.py",),
        (
            "gateway/api",
            "gateway/patient",
            "gateway/web",
            "tests/inference/answers.py",
            "tests/inference/items.py",
            "tests/inference/pairs.py",
            "tests/inference/shapes.py",
            "tests/inference/test_p15_hidden_is_absent.py",
            "tests/inference/worlds.py",
        ),
    ),
    "P18": Promise(
        "No two questions have one key, of pairs made to be mistaken; and of decisions for many people "
        "in turn and at once none is another person's.",
        1_000_000,
        {"SCR_PROVE_COUNT": "1000000"},
        (
            "tests/rbac/test_p18_keys.py",
            "tests/access/test_p18_one_users_decision.py",
            "tests/patient/test_p18_readers_share_work.py",
            "tests/architecture/test_memos.py",
        ),
        (
            "gateway/access",
            "gateway/identity.py",
            "gateway/patient/narrow.py",
            "gateway/patient/work.py",
            "gateway/policy/drafts.py",
            "rbac",
            "tests/access/test_p18_one_users_decision.py",
            "tests/patient/test_p18_readers_share_work.py",
            "tests/rbac/near_collisions.py",
            "tests/rbac/test_p18_keys.py",
        ),
    ),
    "P27": Promise(
        "In no history of 50 steps, with two workers that are asked while everything changes, is anybody "
        "shown more than a small model of the rules allows.",
        5_000,
        {"SCR_PROVE_COUNT": "5000"},
        ("tests/races/test_p27_no_race.py",),
        (
            "gateway/access",
            "gateway/audit",
            "gateway/identity.py",
            "gateway/patient/disclosure.py",
            "gateway/policy",
            "gateway/store",
            "rbac",
            "tests/races",
        ),
    ),
    "PA-05": Promise(
        "Of two who activate a change at once, one does and the other is told.",
        1_000,
        {"SCR_PROVE_RACES": "1000"},
        ("tests/safety/test_pa_05_at_once.py",),
        ("gateway/policy", "gateway/store/policies.py", "gateway/store/policy_drafts.py"),
    ),
    "PA-07": Promise(
        "Killed in the middle of a change of policy, the old one decides or the new one.",
        200,
        {"SCR_PROVE_KILLS": "200"},
        ("tests/safety/test_pa_07_killed_while_saving.py",),
        ("gateway/audit", "gateway/policy", "gateway/store", "tests/safety/changing_policy.py"),
    ),
    "FIDELITY": Promise(
        "Every resource shown whole, to every role, is its source's own value for value; "
        "every scalar of a mapped one is in the result or listed with its reason.",
        200,
        {"SCR_PROVE_PEOPLE": "200"},
        ("tests/safety/test_fidelity.py",),
        (
            "adapters/ambulance.py",
            "adapters/fhir_r4.py",
            "adapters/gp_connect.py",
            "adapters/hospital.py",
            "adapters/simulators",
            "adapters/stu3_to_r4",
            "fhir_profiles",
            "gateway/api",
            "gateway/patient",
            "tests/adapters/scalar_account.py",
            "tests/safety/fidelity.py",
            "tests/safety/test_fidelity.py",
            "tests/safety/unsplice.py",
        ),
    ),
    "SO-07": Promise(
        "Of pairs of people asked about at once, whose answers change places, nobody gets the other's.",
        10_000,
        {"SCR_PROVE_COUNT": "10000"},
        ("tests/safety/test_so_07_swapped_answers.py",),
        (
            "adapters/fhir_r4.py",
            "adapters/http_response.py",
            "adapters/transport.py",
            "adapters/wire.py",
            "gateway/patient/verify.py",
            "gateway/patient/work.py",
            "tests/safety/test_so_07_swapped_answers.py",
        ),
    ),
    "SPLICED": Promise(
        "Of two published GP records that a practice sends mixed up, nothing of the other is proven.",
        500,
        {"SCR_PROVE_COUNT": "500"},
        ("tests/published/test_mixups.py",),
        (
            "adapters/gp_connect.py",
            "adapters/stu3_to_r4",
            "gateway/patient/verify.py",
            "gateway/patient/work.py",
            "tests/published/splices.py",
            "tests/published/test_mixups.py",
        ),
    ),
    "IP-09": Promise(
        "No string that breaks programs, in any parameter or segment of any route, fails a route or comes back as "
        "markup.",
        515,
        {"SCR_PROVE_COUNT": "515"},
        ("tests/safety/test_naughty_strings.py",),
        (
            "gateway/api",
            "gateway/web",
            "tests/safety/every_route.py",
            "tests/safety/test_naughty_strings.py",
        ),
    ),
    "SEEDED": Promise(
        "Each dangerous fault that is seeded into the code is found by the tests named for it.",
        67,
        {"SCR_PROVE_COUNT": "67"},
        ("tests/mutation/test_seeded_faults.py",),
        (
            "adapters/http_response.py",
            "adapters/paging.py",
            "adapters/resilience.py",
            "adapters/stu3_to_r4",
            "adapters/transport.py",
            "adapters/wire.py",
            "gateway/patient/people.py",
            "gateway/patient/verify.py",
            "tests/adapters",
            "tests/mutation",
            "tests/patient",
        ),
    ),
    "MUTATION-VERIFY": Promise(
        "Nine of ten changes to the proof of whose record it is are noticed by a test, and the others "
        "are listed with the reason why no test can.",
        422,
        {"SCR_PROVE_COUNT": "422", "SCR_PROVE_AREA": "verify"},
        ("tests/mutation/test_mutants.py",),
        (
            "gateway/patient/people.py",
            "gateway/patient/verify.py",
            "tests/mutation",
            "tests/patient/test_people.py",
            "tests/patient/test_verify.py",
            "tests/patient/test_verify_inside.py",
            "tests/patient/test_verify_reached.py",
            "tests/patient/test_verify_references.py",
        ),
    ),
    "KILL": Promise(
        "Every answer of which a caller got a byte before the gateway was killed has its row B.",
        200,
        {"SCR_PROVE_KILLS": "200"},
        ("tests/safety/test_p04_kill_while_serving.py",),
        (
            "gateway/api",
            "gateway/audit",
            "gateway/patient/disclosure.py",
            "gateway/store/engine.py",
            "tests/safety/serving_gateway.py",
            "tests/safety/test_p04_kill_while_serving.py",
        ),
    ),
}
