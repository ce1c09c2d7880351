"""Give a person a record of a stated length, spread over all sources.

Serves measuring only: nobody's care is meant to look like this.
"""

from adapters.simulators.care.blood_tests import give_blood_test
from adapters.simulators.care.clinic_care import give_clinic_visit
from adapters.simulators.care.medicines import give_acute_medicine
from adapters.simulators.care.practice_care import give_consultation
from adapters.simulators.care.telling import Chronicle
from adapters.simulators.care.usual_care import (
    give_past_journey,
    give_settled_care,
    give_visit_on_scene,
)


def give_heavy_care(chronicle: Chronicle, statements: int) -> None:
    """Add care until there are exactly so many statements."""
    give_settled_care(chronicle)
    while len(chronicle.statements) < statements:
        give_past_journey(chronicle)
        give_visit_on_scene(chronicle)
        give_clinic_visit(chronicle)
        give_acute_medicine(chronicle)
        for _ in range(8):
            give_consultation(chronicle)
            give_blood_test(chronicle, *chronicle.gp_maybe_hospital(), days=3000)
    del chronicle.statements[statements:]
