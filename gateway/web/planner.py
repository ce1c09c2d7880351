"""Serve what planners may ask for, and what was asked for: the catalogue with its dictionary, the list, the request.

Holds no rule: every answer comes from the reception of releases, recorded before it leaves.
"""

from collections.abc import Mapping
from types import MappingProxyType

from starlette.responses import RedirectResponse, Response

from gateway.errors import NotFoundError
from gateway.population.datasets import Dataset
from gateway.population.releases.reception import is_reviewer
from gateway.web.find_form import FieldError
from gateway.web.forms import read_form
from gateway.web.planner_form import LINES, Asking, read_request_form
from gateway.web.planner_visits import HOME, caller_of, reception_of
from gateway.web.planner_words import (
    PURPOSES,
    column_in_words,
    dataset_in_words,
    release_in_line,
    rules_in_words,
    table_in_words,
)
from gateway.web.visits import Visit
from gateway.web.writing import write_page


async def home(visit: Visit) -> Response:
    """Show the catalogue, and the releases that are the visitor's to see."""
    reception, caller = reception_of(visit), caller_of(visit)
    titles = {each.name: each.title for each in reception.datasets}
    names = organisations_of(visit)
    content = {
        "releases": [
            release_in_line(each, titles, names) for each in await reception.listed(caller)
        ],
        "datasets": [dataset_in_words(each) for each in reception.datasets],
        "is_reviewer": is_reviewer(caller),
    }
    return write_page("planner.html", visit.frame, content)


async def dataset(visit: Visit) -> Response:
    """Show one dataset: what it is for, each of its columns and tables, and its rules."""
    found = _dataset_of(visit)
    content = {
        "dataset": dataset_in_words(found),
        "columns": [column_in_words(each) for each in found.columns],
        "tables": [table_in_words(each) for each in found.tables],
        "rules": rules_in_words(found),
        "conformance": found.conformance,
        "may_ask": not is_reviewer(caller_of(visit)),
    }
    return write_page("planner_dataset.html", visit.frame, content)


async def ask(visit: Visit) -> Response:
    """Show the form by which a release is asked for."""
    return _form_page(visit, _dataset_of(visit))


async def take(visit: Visit) -> Response:
    """Take the request in, or say what is wrong with it."""
    found, caller = _dataset_of(visit), caller_of(visit)
    fields = await read_form(visit.request, visit.session, visit.services.settings, LINES)
    reception = reception_of(visit)
    names = frozenset(each.name for each in reception.datasets)
    recipient = caller.principal.organisation
    asking = Asking(found.name, recipient, names, reception.clock())
    wanted = read_request_form(fields, asking)
    if isinstance(wanted, tuple):
        return _form_page(visit, found, errors=wanted, typed=fields)
    release = await reception.request(caller, wanted)
    return RedirectResponse(f"{HOME}/releases/{release.id}", 303)


def organisations_of(visit: Visit) -> dict[str, str]:
    """Give the names of organisations that the settings know."""
    return {row.code: row.name for row in visit.services.settings.organisation}


def _dataset_of(visit: Visit) -> Dataset:
    named = visit.request.path_params["name"]
    found = next((each for each in reception_of(visit).datasets if each.name == named), None)
    if found is None:
        raise NotFoundError("There is no such dataset.")
    return found


def _form_page(
    visit: Visit,
    found: Dataset,
    errors: tuple[FieldError, ...] = (),
    typed: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    held = visit.session.principal.purposes
    recipient = visit.session.principal.organisation
    content = {
        "dataset": dataset_in_words(found),
        "recipient": organisations_of(visit).get(recipient, recipient),
        "purposes": {code: words for code, words in PURPOSES.items() if code in held},
        "errors": errors,
        "error_of": {error.field: error.message for error in errors},
        "typed": typed,
    }
    return write_page("planner_request.html", visit.frame, content, 400 if errors else 200)
