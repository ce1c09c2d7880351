"""Whatever is remembered on the way to a decision is listed here with what it is keyed by (P18).

A memory that outlives a request serves many people: its key must tell apart whatever the remembered thing depends on.
"""

import ast
from collections.abc import Iterator, Mapping

from tests.architecture.source_tree import Sources, sources

ROOMS = ("rbac", "gateway")
NOT_ON_THE_WAY = ("gateway/source_report/", "gateway/commands/", "gateway/demo")
CACHES = frozenset({"cache", "lru_cache", "cached_property"})
CONTAINERS = frozenset({"dict", "OrderedDict", "defaultdict", "set", "list", "deque"})
# Kept from one request to the next, hence for many people: by what each is found again.
SHARED: Mapping[str, str] = {
    "gateway/access/scopes:scopes_in": "the whole text of a token's scopes",
    "gateway/identity:TokenVerifier._remembered": "SHA-256 of the whole token",
    "gateway/issuer_keys:IssuerKeys._keys": "key id, of one issuer",
    "gateway/judging:Judging._found": "SHA-256 of a page's bytes",
    "gateway/patient/work:WorkMemory._pages": "SHA-256 of a page's bytes; holds no verdict",
    "gateway/policy/active:ActivePolicies._compiled": "hash of the policy's rules",
    "gateway/policy/versions:PolicyVersions._sides": "hash of the policy's rules",
    "rbac/decide:CompiledPolicy._rules": "role, organisation kind and purpose, of one policy",
    "gateway/patient/ids:_started": "source and type; of no patient",
    "gateway/patient/join:_source_uri": "source",
    "gateway/patient/splice:_closing": "source and category",
    "gateway/patient/mentions:_listed": "nothing: a table of the package",
    "gateway/patient/reductions:reductions": "nothing: a table of the package",
    "gateway/patient/summary_rows:_by_role": "nothing: a table of the package",
    "gateway/web/writing:environment": "nothing: the templates of the package",
    "gateway/sources:_Opening.closers": "nothing: filled when the service opens",
    "gateway/sources:_Opening.contacts": "organisation; filled when the service opens",
    "gateway/audit/group_commit:GroupCommit._waiting": "nothing: entries on their way to the disk",
    "gateway/serving:Gateway._under_way": "nothing: requests that are being answered",
    "gateway/view_trials:ViewTrials._pauses": "a registered machine's name; moments alone",
    "gateway/patient/disclosure:Records._last_words": "nothing: entries of callers who went away",
}

# Begun anew in every request, or for every page of bytes.
OF_ONE_USE = frozenset(
    {
        "gateway/access/sharing:Sharing.by_organisation",
        "gateway/audit/acts:Asked.details",
        "gateway/audit/acts:Disclosed.details",
        "gateway/audit/following:Following._nodes",
        "gateway/audit/following:Following._went_back",
        "gateway/audit/following:Following.held",
        "gateway/audit/staff_acts:SignInFailed.details",
        "gateway/audit/staff_acts:SignedIn.details",
        "gateway/audit/tree:Tree._read",
        "gateway/population/views/parsing:_Parsing.faults",
        "gateway/patient/alike:Alike._names",
        "gateway/patient/alike:Alike._names_of",
        "gateway/patient/alike:Alike._sayings",
        "gateway/patient/attachments:Openings._by_name",
        "gateway/patient/attachments:Openings._closed",
        "gateway/patient/attachments:Openings._hidden",
        "gateway/patient/attachments:Openings._hiding",
        "gateway/patient/narrow:Terms._ceilings",
        "gateway/patient/narrow:Terms._known",
        "gateway/patient/splice:ReferenceIndex._settled",
        "gateway/patient/splice:ReferenceIndex._spans",
        "gateway/patient/splice:ReferenceIndex._targets",
        "gateway/patient/ties:Ties._parents",
        "gateway/patient/verify:_Proofs._named_before",
        "gateway/population/contents/once:OnceInLedger._said",
        "gateway/population/contents/reading:Reader._left_out",
        "gateway/population/contents/renaming:Renaming._names",
        "gateway/population/contents/renaming:Renaming.kept_back",
        "gateway/population/contents/renaming:Renaming.people",
        "gateway/population/given:Given.given_up",
        "gateway/population/pull_checkpoint:Checkpoint.begun",
        "gateway/population/pull_checkpoint:Checkpoint.written",
        "gateway/population/pull_ground:Cleaned.left_out",
        "gateway/population/pull_manifest:Partition.left_out",
        "gateway/population/pull_writing:PartWriter._pieces",
        "gateway/population/pull_writing:PartWriter._written",
        "gateway/population/release_order:ReleaseOrder.venues",
        "gateway/population/tables:CountTable.only",
        "gateway/population/views/shapes:Shape.choices",
        "gateway/population/views/shapes:Shape.parts",
        "gateway/population/type_reading:Bundle.entries",
        "gateway/population/type_reading:Column.entries",
        "gateway/population/type_reading:TypeReading._persons",
        "gateway/population/type_reading:TypeReading._shapes",
        "gateway/vault/vault:_Seals.opened",
        "gateway/web/entries:Writer.outlines",
    }
)


def test_p18_everything_that_is_remembered_is_listed_with_its_key() -> None:
    # A new memory: say here by what it is found, or that no second request meets it.
    assert memories_in(sources(*ROOMS)) == SHARED.keys() | OF_ONE_USE


def test_p18_memories_of_every_form_are_found() -> None:
    planted = """
@lru_cache(maxsize=8)
def levels_of(user): ...

@dataclass
class Decisions:
    by_user: dict[str, str] = field(default_factory=dict)
    name: str = ""

    def __init__(self):
        self._seen: set[str] = set()
        self._last = {}
        self._order = OrderedDict[str, str]()
        self._limit = 3
        local = {}
"""

    assert memories_in({"rbac/x.py": planted, "gateway/source_report/y.py": planted}) == {
        f"rbac/x:{name}"
        for name in ("levels_of", *(f"Decisions.{each}" for each in MEMORIES_PLANTED))
    }


MEMORIES_PLANTED = ("by_user", "_seen", "_last", "_order")


def memories_in(found: Sources) -> set[str]:
    """Name what may be remembered: cached functions, and containers that an object begins empty with."""
    return {
        f"{path.removesuffix('.py')}:{name}"
        for path, text in found.items()
        if not path.startswith(NOT_ON_THE_WAY)
        for name in _memories(ast.parse(text))
    }


def _memories(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        match node:
            case ast.FunctionDef(name=name, decorator_list=decorators):
                if any(_word(each) in CACHES for each in decorators):
                    yield name
            case ast.ClassDef(name=name, body=body):
                yield from (f"{name}.{each}" for part in body for each in _begun_by(part))
            case _:
                pass


def _begun_by(part: ast.stmt) -> Iterator[str]:
    """Name the attributes that a part of a class begins as empty containers."""
    match part:
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.Call(func=func, keywords=words)):
            factories = [_word(each.value) for each in words if each.arg == "default_factory"]
            if _word(func) == "field" and CONTAINERS & set(factories):
                yield name
        case ast.FunctionDef():
            yield from filter(None, map(_own_container, ast.walk(part)))
        case _:
            pass


def _own_container(node: ast.AST) -> str | None:
    match node:
        case (
            ast.AnnAssign(target=ast.Attribute(value=ast.Name(id="self"), attr=name), value=value)
            | ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=value)
        ) if _is_empty_container(value):
            return name
        case _:
            return None


def _is_empty_container(value: ast.expr | None) -> bool:
    match value:
        case ast.Dict(keys=[]) | ast.List(elts=[]):
            return True
        case ast.Call(func=func):
            return _word(func) in CONTAINERS
        case _:
            return False


def _word(node: ast.AST) -> str | None:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=func):
            return _word(func)
        case ast.Subscript(value=value):
            return _word(value)
        case _:
            return None
