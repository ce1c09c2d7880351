"""List what is measured in invented care: blood tests and vital signs, with unit, range and usual spread.

Makes no value up itself. Unit codes are UCUM.
"""

from dataclasses import dataclass

from adapters.simulators.care.clinical_codes import snomed
from adapters.simulators.truth import Coding


@dataclass(frozen=True, slots=True)
class Measurement:
    """A thing measured; `low` and `high` are the laboratory's text, `decimals` what it reports to."""

    coding: Coding
    loinc: str
    unit: str
    unit_code: str
    low: str
    high: str
    centre: float
    spread: float
    decimals: int


_Row = tuple[str, str, str, str, str, str, str, float, float, int]

# code, wording, LOINC, unit, UCUM, low, high, centre, spread, decimals
_TESTS: tuple[_Row, ...] = (
    (
        "1107871000000107",
        "Sodium substance concentration in serum",
        "2951-2",
        "mmol/L",
        "mmol/L",
        "133",
        "146",
        139,
        4,
        0,
    ),
    (
        "1107761000000109",
        "Potassium substance concentration in serum",
        "2823-3",
        "mmol/L",
        "mmol/L",
        "3.5",
        "5.3",
        4.4,
        0.5,
        2,
    ),
    (
        "1107001000000108",
        "Creatinine substance concentration in serum",
        "14682-9",
        "umol/L",
        "umol/L",
        "59",
        "104",
        85,
        22,
        0,
    ),
    ("1022431000000105", "Haemoglobin estimation", "718-7", "g/L", "g/L", "130", "170", 140, 14, 0),
    (
        "43396009",
        "Haemoglobin A1c measurement",
        "59261-8",
        "mmol/mol",
        "mmol/mol",
        "20",
        "42",
        44,
        12,
        1,
    ),
    (
        "121868005",
        "Total cholesterol measurement",
        "14647-2",
        "mmol/L",
        "mmol/L",
        "0.0",
        "5.0",
        5.1,
        1.0,
        2,
    ),
    ("1022651000000100", "Platelet count", "777-3", "10*9/L", "10*9/L", "150", "410", 260, 60, 0),
    (
        "1106081000000100",
        "Alanine aminotransferase enzyme activity in serum",
        "1742-6",
        "U/L",
        "U/L",
        "0",
        "50",
        30,
        14,
        0,
    ),
)
_VITAL_SIGNS: tuple[_Row, ...] = (
    ("86290005", "Respiratory rate", "9279-1", "/min", "/min", "12", "20", 18, 4, 0),
    ("103228002", "Oxygen saturation", "2708-6", "%", "%", "96", "100", 96, 2, 0),
    (
        "72313002",
        "Systolic arterial pressure",
        "8480-6",
        "mmHg",
        "mm[Hg]",
        "111",
        "219",
        128,
        20,
        0,
    ),
    ("78564009", "Pulse rate", "8867-4", "/min", "/min", "51", "90", 84, 15, 0),
    (
        "276885007",
        "Core body temperature",
        "8310-5",
        "degrees C",
        "Cel",
        "36.1",
        "38.0",
        37.1,
        0.6,
        1,
    ),
)


def _read(rows: tuple[_Row, ...]) -> tuple[Measurement, ...]:
    return tuple(Measurement(snomed(row[0], row[1]), *row[2:]) for row in rows)


BLOOD_TESTS = _read(_TESTS)
VITAL_SIGNS = _read(_VITAL_SIGNS)
NEWS2_TOTAL = snomed("1104051000000101", "Royal College of Physicians NEWS2 total score")
