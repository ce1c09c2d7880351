"""Name the promises of de-identification that have a full run."""

from collections.abc import Mapping

from tests.promise import Promise

_CODE = (
    "fhir_profiles/allow_lists",
    "fhir_profiles/code_lists/released",
    "gateway/population/allow_list.py",
    "gateway/population/canaries.py",
    "gateway/population/dated_elements.py",
    "gateway/population/deidentify.py",
    "gateway/population/elements.py",
    "gateway/population/json_parts.py",
    "gateway/population/label_elements.py",
    "gateway/population/measured_elements.py",
    "gateway/population/placed_elements.py",
    "gateway/population/reference_elements.py",
    "gateway/population/released_codes.py",
    "gateway/population/rules.py",
    "gateway/population/type_reading.py",
    "tests/population/deidentification",
)
PROMISES_OF_DEIDENTIFICATION: Mapping[str, Promise] = {
    "T01": Promise(
        "A token in any place that FHIR R4 has for a text, in each of eight spellings, comes out of "
        "de-identification nowhere.",
        1_429_240,
        {"SCR_PROVE_TOKENS": "1429240"},
        ("tests/population/deidentification/test_t01_planted_tokens.py",),
        _CODE,
    ),
    "T05": Promise(
        "Whoever has the public code, the numbers of everybody in a release and a thousand known pairs, but no "
        "key, finds nobody else.",
        100_000,
        {"SCR_PROVE_DICTIONARY": "100000"},
        ("tests/population/test_t05_dictionary.py",),
        ("gateway/population/pseudonyms.py", "tests/population/test_t05_dictionary.py"),
    ),
    "T16": Promise(
        "Of shifts of dates at most one in a hundred is recovered from a release and what is known of the data.",
        20_000,
        {"SCR_PROVE_SHIFTS": "20000"},
        ("tests/population/test_t16_date_shift.py",),
        ("gateway/population/pseudonyms.py", "tests/population/test_t16_date_shift.py"),
    ),
    "T26": Promise(
        "Of resources with elements, types and nesting that nobody knows, nothing unknown comes out.",
        10_000,
        {"SCR_PROVE_COUNT": "10000"},
        ("tests/population/deidentification/test_t26_unknown_elements.py",),
        _CODE,
    ),
}
