"""Write what somebody who starts the demo needs: where to go, as whom, and a request to paste.

Pure text. Everybody named is invented.
"""

from collections.abc import Iterable, Iterator, Mapping

from adapters.simulators.demo_users import DEMO_USERS, USERS_WITH_SEVERAL_ROLES
from adapters.simulators.people import ORGANISATIONS
from gateway.demo.running import Demo
from gateway.demo.simulators import Simulated
from gateway.demo.smart import CALLBACK, KEYED_APP, PUBLIC_APP

BANNER = "DEMO: invented people, on this machine alone. Never put a real record into it."

_WORTH_A_LOOK: Mapping[str, str] = {
    "everything": "all three sources, a journey across them, an attendance going on",
    "no-known-allergy-conflict": "a severe allergy at the practice, no known allergy at the hospital",
    "sexual-health": "items that a role may not see",
    "inpatient-rrv": "in hospital now: that stay alone lets the ward open the record",
    "objects-to-gp": "objects to sharing what the practice holds",
    "restricted": "restricted at PDS: nobody finds this person",
    "other-practice": "registered elsewhere: the demo practice may not open the record",
    "no-records": "registered, and every source is empty",
}


def welcome(demo: Demo) -> str:
    """Write the whole page of text."""
    parts = (
        BANNER,
        _links(demo),
        f"Sign in with the password {demo.password} as one of\n{_lines(_users())}",
        f"People to look up, by NHS number\n{_lines(_people(demo))}",
        f"SMART applications may be launched\n{_applications(demo)}",
        "A request to paste: the GP's sign-in, the search by number, the whole record\n\n"
        + request_to_paste(demo),
        "Ctrl-C ends it.",
    )
    return "\n\n".join(parts) + "\n"


def request_to_paste(demo: Demo) -> str:
    """Write one shell pipeline that works as it stands, on any machine with curl and Python."""
    number = demo.cohort.showcases["everything"].digits
    token = (
        f"curl -s {demo.addresses[Simulated.IDENTITY]}/token"
        f" -d grant_type=password -d username=gp -d password={demo.password}"
    )
    find = (
        f'curl -s {demo.gateway}/fhir/Patient/_search -H "Authorization: Bearer $TOKEN"'
        f" -d identifier={number}"
    )
    everything = (
        f'curl -s "{demo.gateway}/fhir/Patient/$ID/\\$everything" -H "Authorization: Bearer $TOKEN"'
    )
    pick_token, pick_id = _pick('["access_token"]'), _pick('["entry"][0]["resource"]["id"]')
    return (
        f"TOKEN=$({token} | {pick_token})\n"
        f"ID=$({find} | {pick_id})\n"
        f"{everything} | python3 -m json.tool"
    )


def _pick(path: str) -> str:
    return f"python3 -c 'import json, sys; print(json.load(sys.stdin){path})'"


def _links(demo: Demo) -> str:
    links = {
        "Pages": f"{demo.gateway}/",
        "FHIR": f"{demo.gateway}/fhir/metadata",
        "Settings": str(demo.folder.settings),
        **{f"Simulated {kind}": address for kind, address in demo.addresses.items()},
    }
    return _lines((name, link) for name, link in links.items())


def _applications(demo: Demo) -> str:
    return _lines(
        {
            "Public client": f"{PUBLIC_APP}, back to {CALLBACK} on any port",
            "Client with a key": f"{KEYED_APP}, by a key of {demo.folder.client_keys}",
            "From a record system": f"{demo.addresses[Simulated.IDENTITY]}/launch",
        }.items()
    )


def _users() -> Iterator[tuple[str, str]]:
    for username, user in DEMO_USERS.items():
        yield username, f"{user.role_name}, {ORGANISATIONS[user.organisation]}"
    for username, user in USERS_WITH_SEVERAL_ROLES.items():
        told = " or ".join(
            f"{each.role_name}, {ORGANISATIONS[each.organisation]}" for each in user.roles
        )
        yield username, f"{told} (the pages ask which)"


def _people(demo: Demo) -> Iterator[tuple[str, str]]:
    for key, told in _WORTH_A_LOOK.items():
        yield demo.cohort.showcases[key].digits, told


def _lines(rows: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"  {name:<22}{told}" for name, told in rows)
