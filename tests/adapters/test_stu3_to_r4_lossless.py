"""Put a marked value of every shape into every element of every type: none may vanish unlisted."""

import itertools

import pytest
from fhir.resources.STU3 import get_fhir_model_class as stu3_model_of

from adapters.stu3_to_r4 import map_bundle
from adapters.stu3_to_r4.catalogue import RULES
from tests.adapters.scalar_account import unaccounted
from tests.adapters.stu3_records import body_of

ANY_OBJECT = ["id", "extension", "reference", "system", "oddity"]


def _part_names(stu3_type):
    """Names that parts of this type's elements have, read off the STU3 models."""
    model = stu3_model_of(stu3_type)
    module = __import__(model.__module__, fromlist=["*"])
    parts = [one for name, one in vars(module).items() if name.startswith(stu3_type)]
    fields = (field.alias or name for part in parts for name, field in part.model_fields.items())
    return sorted({name for name in fields if name != "resource_type"} | set(ANY_OBJECT))


def _shapes(names, marks):
    extension = [{"url": "https://x.example", "valueString": next(marks)}]
    whole = {name: extension if name == "extension" else next(marks) for name in names}
    nested = {name: {"display": next(marks), "system": next(marks)} for name in names}
    yield from (next(marks), [next(marks), next(marks)], True, 7)
    yield from (whole, [whole], nested, [nested, nested])
    yield from ({name: whole[name]} for name in names)


def _bodies(stu3_type):
    marks = (f"mark-{number}" for number in itertools.count())
    names = _part_names(stu3_type)
    for element in [*RULES[stu3_type].fields, "contained", "meta", "extension", "oddity"]:
        for value in _shapes(names, marks):
            yield body_of({"resourceType": stu3_type, "id": "1", element: value})
        beside = {"id": next(marks), "extension": [{"url": next(marks), "valueCode": "a"}]}
        yield body_of({"resourceType": stu3_type, "id": "1", f"_{element}": beside})


@pytest.mark.parametrize("stu3_type", RULES)
def test_no_value_of_any_shape_vanishes_unlisted(stu3_type):
    for body in _bodies(stu3_type):
        record = map_bundle(body)

        if not record.unreadable:
            assert not unaccounted(body, record), body.decode()
