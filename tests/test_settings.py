import pytest

from gateway.settings import Profile, SettingsError, process_environment, read_settings

WHOLE = """
base_url = "https://record.example"
database_url = "sqlite:///scr.db"
key_file = "keys.json"

[[source]]
id = "pds"
kind = "pds"
base_url = "https://pds.example"
"""
REQUIRED = {
    "SCR_BASE_URL": "https://record.example",
    "SCR_DATABASE_URL": "sqlite:///scr.db",
    "SCR_KEY_FILE": "keys.json",
}


@pytest.fixture
def read(tmp_path):
    """Write a settings file and read it, with an environment."""

    def reading(text="", **environment):
        path = tmp_path / "scr.toml"
        path.write_text(WHOLE + text, encoding="utf-8")
        return read_settings(path, environment)

    return reading


def faults(read, text="", **environment):
    with pytest.raises(SettingsError) as refused:
        read(text, **environment)
    return str(refused.value)


def source(**members):
    usual = {"id": "x", "kind": "fhir-r4", "base_url": "https://x.example"}
    lines = [f'{name} = "{value}"' for name, value in {**usual, **members}.items()]
    return "\n".join(["", "[[source]]", *lines, ""])


RRV = '[[organisation]]\ncode = "RRV"\nkind = "trust"\nname = "x"\n'


def pilot(lines, stage="pilot"):
    return f"{source(stage=stage)}{lines}\n"


def test_a_pilot_names_whom_it_is_for(read):
    [_pds, nobody] = read(source(stage="pilot")).source
    named = pilot('pilot_roles = ["gp", "paramedic"]\npilot_organisations = ["RRV"]')
    [_pds, some] = read(named + RRV).source

    assert (nobody.pilot_roles, nobody.pilot_organisations) == (None, None)
    assert (some.pilot_roles, some.pilot_organisations) == (("gp", "paramedic"), ("RRV",))


def test_pds_has_no_stage(read):
    assert "pds is no record" in faults(read, 'stage = "safety"\n')


def test_a_file_is_read_with_safe_defaults(read):
    settings = read()

    assert settings.profile is Profile.PRODUCTION
    assert (settings.overall_seconds, settings.allowed_hosts) == (10.0, ())
    assert [(each.id, each.stage, each.auth.kind) for each in settings.source] == [
        ("pds", "open", "none")
    ]


def test_the_environment_wins_over_the_file(read):
    settings = read(SCR_BASE_URL="https://other.example", SCR_OVERALL_SECONDS="3", OTHER="x")

    assert (settings.base_url, settings.overall_seconds) == ("https://other.example", 3.0)


def test_several_hosts_stand_in_one_variable(read):
    settings = read(SCR_ALLOWED_HOSTS="a.example, b.example")

    assert settings.allowed_hosts == ("a.example", "b.example")


def test_a_value_may_stand_in_a_file_of_its_own(read, tmp_path):
    secret = tmp_path / "url"
    secret.write_text("postgresql+psycopg://u:p@h/d\n", encoding="utf-8")

    settings = read(SCR_DATABASE_URL_FILE=str(secret), SCR_DATABASE_URL="sqlite:///other.db")

    assert settings.database_url == "postgresql+psycopg://u:p@h/d"


def test_lists_stand_in_the_file_alone(read):
    assert [each.id for each in read(SCR_SOURCE="x").source] == ["pds"]


def test_without_a_file_there_must_still_be_sources():
    with pytest.raises(SettingsError, match="exactly one source must be of kind pds"):
        read_settings(None, REQUIRED)


def test_every_fault_is_told_at_once(read):
    told = faults(
        read,
        source(kind="hl7"),
        SCR_BASE_URL="record.example",
        SCR_OVERALL_SECONDS="0",
        SCR_PROFILE="holiday",
    )

    assert {line.partition(":")[0] for line in told.splitlines()[1:]} == {
        "base_url",
        "overall_seconds",
        "profile",
        "source.1.kind",
    }


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_what_has_no_default_is_required(name):
    given = {key: value for key, value in REQUIRED.items() if key != name}

    with pytest.raises(SettingsError, match=name.removeprefix("SCR_").lower()):
        read_settings(None, given)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (source(id="pds"), "source ids must differ"),
        (source(kind="pds"), "exactly one source must be of kind pds"),
        (source(id="Hospital"), "source.1.id"),
        (source(id="x" * 21), "source.1.id"),
        (source(base_url="ftp://x"), "source.1.base_url"),
        (source(base_url="https://x/?a=1"), "source.1.base_url"),
        (source(deadline_seconds="31"), "source.1.deadline_seconds"),
        (source(stage="soon"), "source.1.stage"),
        (
            source(kind="gp-london") + '[source.auth]\nkind = "spine-jwt"',
            "does not take a spine-jwt",
        ),
        (source(colour="red"), "source.1.colour"),
        (pilot('pilot_roles = ["doctor"]'), "source.1.pilot_roles.0"),
        (pilot("pilot_roles = []"), "source.1.pilot_roles"),
        (pilot("pilot_organisations = []"), "source.1.pilot_organisations"),
        (pilot('pilot_organisations = ["RRV"]'), "x: pilot_organisations must be"),
        (pilot('pilot_roles = ["gp"]', stage="open"), "belong to the stage pilot"),
        (pilot('pilot_roles = ["gp"]', stage="safety"), "belong to the stage pilot"),
        (pilot(f'pilot_organisations = ["RRV"]\n{RRV}', stage="shadow"), "belong to the stage"),
        ("[spine_proxy]", "spine_proxy"),
        ('[[organisation]]\ncode = "rrv"\nkind = "trust"\nname = "x"', "organisation.0.code"),
        ('[[organisation]]\ncode = "RRV"\nkind = "club"\nname = "x"', "organisation.0.kind"),
        ('[[gp_endpoint]]\npractice = "F1"\nbase_url = "https://x"\nasid = "1"', "asid"),
        ('[[issuer]]\nissuer = "a"\naudience = "b"', "issuer.0.jwks_url"),
        (
            '[[issuer]]\nissuer = "a"\naudience = "b"\njwks_url = "c"\nalgorithms = ["HS256"]',
            "issuer.0.algorithms.0",
        ),
        ("[unknown]\nx = 1", "unknown"),
    ],
)
def test_what_cannot_be_meant_is_a_fault(read, text, told):
    assert told in faults(read, text)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ('[[organisation]]\ncode = "RRV"\nkind = "{}"\nname = "x"', "organisation codes"),
        (
            '[[gp_endpoint]]\npractice = "F84004"\nbase_url = "https://{}"\nasid = "200000000205"',
            "practices",
        ),
        ('[[issuer]]\nissuer = "a"\naudience = "{}"\njwks_url = "https://c"', "issuers"),
    ],
)
def test_two_rows_about_one_thing_are_a_fault(read, row, told):
    assert told in faults(read, f"{row.format('trust')}\n{row.format('csp')}")


ISSUER_ROW = '[[issuer]]\nissuer = "{0}"\naudience = "a"\njwks_url = "https://{0}"\n'


@pytest.mark.parametrize("word", ["", 'subjects = "one"\n'])
def test_two_providers_whose_subjects_could_be_confused_are_a_fault(read, word):
    rows = [ISSUER_ROW.format(name) + word for name in ("first", "second")]

    assert "subjects of issuers must differ" in faults(read, "".join(rows))


def test_a_provider_that_speaks_for_strangers_is_a_fault(read):
    row = ISSUER_ROW.format("first") + 'organisations = ["X99"]'

    assert "issuer first: organisations" in faults(read, row)


@pytest.mark.parametrize("url", ["https://x/", "http://x/?a", "https://x#y", "x", "https://x y"])
def test_the_public_address_is_plain_and_has_no_last_slash(read, url):
    assert "base_url" in faults(read, SCR_BASE_URL=url)


SECRET = 'secret = "very-secret"'
TOKEN = 'token_url = "https://t.example"\nclient_id = "me"\n' + SECRET


@pytest.mark.parametrize(
    ("kind", "members", "missing"),
    [
        ("none", "", None),
        ("spine-jwt", "", None),
        ("bearer", SECRET, None),
        ("bearer", "", "secret"),
        ("client-credentials", TOKEN, None),
        ("client-credentials", SECRET, "token_url, client_id"),
        ("private-key-jwt", TOKEN, None),
        ("private-key-jwt", "", "token_url, client_id, secret"),
        ("mtls", 'certificate_file = "c"\nprivate_key_file = "k"', None),
        ("mtls", 'certificate_file = "c"', "private_key_file"),
    ],
)
def test_a_way_to_identify_ourselves_has_what_it_needs(read, kind, members, missing):
    text = source() + f'[source.auth]\nkind = "{kind}"\n{members}'

    if missing is None:
        assert read(text).source[1].auth.kind == kind
        return
    assert f"{kind} needs {missing}" in faults(read, text)


def test_no_fault_shows_a_value(read):
    text = source(colour="hunter2") + f'[source.auth]\nkind = "mtls"\n{SECRET}'

    told = faults(read, text, SCR_BASE_URL="hunter2")

    assert "hunter2" not in told
    assert "very-secret" not in told


def test_no_setting_tells_a_secret(read):
    settings = read(source() + f'[source.auth]\nkind = "bearer"\n{SECRET}')

    assert "very-secret" not in repr(settings)
    assert settings.source[1].auth.secret.get_secret_value() == "very-secret"


@pytest.mark.parametrize("content", [b"= 1", b"\xff\xfe", b'a = "'])
def test_a_file_that_is_no_toml_is_named(tmp_path, content):
    path = tmp_path / "broken.toml"
    path.write_bytes(content)

    with pytest.raises(SettingsError, match=r"broken\.toml"):
        read_settings(path, {})


def test_the_vaults_role_is_not_the_services(read):
    roles = {"SCR_DATABASE_ROLE": "scr", "SCR_VAULT_DATABASE_ROLE": "scr"}

    assert "the vault's role is not the service's" in faults(read, **roles)
    assert read(**{**roles, "SCR_VAULT_DATABASE_ROLE": "vault"}).vault_database_role == "vault"


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"none\.toml"):
        read_settings(tmp_path / "none.toml", {})
    with pytest.raises(SettingsError, match="no-secret"):
        read_settings(None, {"SCR_DATABASE_URL_FILE": str(tmp_path / "no-secret")})


def test_where_toml_is_broken_is_told_and_what_stands_there_is_not(tmp_path):
    path = tmp_path / "broken.toml"
    path.write_text('a = 1\nsecret = "hunter2\n')

    with pytest.raises(SettingsError, match=r"no TOML \(at line 2, column \d+\)") as refused:
        read_settings(path, {})
    assert "hunter2" not in str(refused.value)


def test_the_spine_proxy_and_the_time_to_stop_may_stand_in_the_environment(read):
    settings = read(SCR_SPINE_PROXY="https://proxy.example", SCR_STOP_SECONDS="30")

    assert (settings.spine_proxy, settings.stop_seconds) == ("https://proxy.example", 30)
    assert "stop_seconds" in faults(read, SCR_STOP_SECONDS="0")


def test_the_environment_is_the_processs(monkeypatch):
    monkeypatch.setenv("SCR_BASE_URL", "https://from.example")

    assert process_environment()["SCR_BASE_URL"] == "https://from.example"
