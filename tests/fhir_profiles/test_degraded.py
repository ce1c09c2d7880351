import pytest

from fhir_profiles.degraded import is_degraded
from fhir_profiles.systems import SNOMED_CT


@pytest.mark.parametrize(
    ("codings", "expected"),
    [
        ([(SNOMED_CT, "196461000000101")], True),
        ([("http://read.info/ctv3", "XaXYZ"), (SNOMED_CT, "196421000000109")], True),
        ([("http://read.info/ctv3", "196461000000101")], False),
        ([(SNOMED_CT, "91936005"), (None, None)], False),
        ([], False),
    ],
)
def test_an_item_is_degraded_when_snomed_says_that_its_code_was_lost(codings, expected):
    assert is_degraded(codings) is expected
