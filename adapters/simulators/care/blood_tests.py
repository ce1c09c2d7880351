"""Make measured values up and give a person laboratory results.

Reports text, never floats, as laboratories do.
"""

from random import Random

from adapters.simulators.care.measurements import BLOOD_TESTS, Measurement
from adapters.simulators.care.telling import Chronicle, Happening
from adapters.simulators.truth import FactKind, SourceKind


def give_blood_test(chronicle: Chronicle, *tellers: SourceKind, days: float = 700) -> None:
    """Add one laboratory result."""
    test = chronicle.random.choice(BLOOD_TESTS)
    detail = value_of(chronicle.random, test)
    happening = Happening(
        FactKind.RESULT, test.coding, chronicle.moment_within(days), detail=detail
    )
    chronicle.note_test(happening, *tellers)


def value_of(random: Random, test: Measurement) -> dict[str, str]:
    """Make up a value of a measurement, as the text that a laboratory would send."""
    value = max(0.0, random.gauss(test.centre, test.spread))
    if test.unit == "%":
        value = min(value, 100.0)
    text = f"{value:.{test.decimals}f}"
    low, high, shown = float(test.low), float(test.high), float(text)
    return {
        "value": text,
        "unit": test.unit,
        "unit_code": test.unit_code,
        "low": test.low,
        "high": test.high,
        "interpretation": "H" if shown > high else "L" if shown < low else "N",
    }
