"""Make up the light planning population: many people in two boroughs, their visits and nothing else.

Holds no clinical detail and keeps nothing in memory: rows are made as they are asked for. LSOA codes are
those of Camden and Islington (ONS Open Geography, 2021 boundaries, Open Government Licence v3.0).
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import chain, islice
from random import Random
from typing import NamedTuple, assert_never

from adapters.simulators.cohort import DEFAULT_REFERENCE_TIME
from adapters.simulators.invention import make_birth_date, nhs_numbers
from adapters.simulators.truth import SourceKind
from fhir_profiles.nhs_number import NhsNumber

CAMDEN, ISLINGTON = "E09000007", "E09000019"
# First and last serial of each unbroken run of codes.
_LSOA_RUNS: dict[str, tuple[tuple[int, int], ...]] = {
    CAMDEN: (
        (1000842, 1000851),
        (1000853, 1000853),
        (1000855, 1000863),
        (1000866, 1000935),
        (1000937, 1000939),
        (1000941, 1000944),
        (1000946, 1000949),
        (1000951, 1000952),
        (1000954, 1000974),
        (1035707, 1035712),
    ),
    ISLINGTON: (
        (1002694, 1002704),
        (1002706, 1002730),
        (1002732, 1002745),
        (1002747, 1002749),
        (1002751, 1002760),
        (1002762, 1002802),
        (1002804, 1002811),
        (1033486, 1033491),
        (1033493, 1033494),
        (1035651, 1035656),
    ),
}

PRACTICES: dict[str, tuple[str, ...]] = {
    CAMDEN: ("F83021", "F83022", "F83023", "F83024", "F83025", "F83026"),
    ISLINGTON: ("F84004", "F84012", "F84013", "F84014", "F84015", "F84016"),
}

# The clinical cohort takes its numbers from the front of the same sequence.
NUMBERS_KEPT_FOR_COHORT = 20_000
PEOPLE = 50_000
WEEKS = 52

# Visits a person and year, near England's: GP 5.0 consultations, 0.44 ED attendances, 0.26 admissions and
# 1.6 outpatient visits; ambulances are sent to about one person in eight.
VISITS_A_YEAR: dict[tuple[SourceKind, str], float] = {
    (SourceKind.GP, "AMB"): 5.0,
    (SourceKind.HOSPITAL, "AMB"): 1.6,
    (SourceKind.HOSPITAL, "EMER"): 0.44,
    (SourceKind.HOSPITAL, "IMP"): 0.26,
    (SourceKind.AMBULANCE, "FLD"): 0.12,
}
# One emergency attendance in fifty follows an assault: above the national share, so that maps have spots.
ASSAULT_SHARE = 0.02
# Eight in ten assaults happen in one area of twenty.
HOT_SPOT_SHARE, HOT_SPOT_EVERY = 0.8, 20
ASSAULT_PLACES = ("street", "public house", "night club", "home", "transport", "school")
ASSAULT_MEANS = ("bodily force", "blunt object", "knife", "bottle or glass", "not known")
_MINUTES = {"AMB": (10, 40), "EMER": (60, 480), "IMP": (1_440, 14_400), "FLD": (30, 90)}


class Assault(NamedTuple):
    """Where, by what means and in which area an assault happened."""

    place: str
    means: str
    lsoa: str


class PlanningVisit(NamedTuple):
    """One visit of one person; `assault` is what it followed, if it did."""

    nhs_number: NhsNumber
    born_on: date
    gender: str
    borough: str
    lsoa: str
    practice: str
    source: SourceKind
    organisation: str
    visit_class: str
    starts_at: datetime
    ends_at: datetime
    assault: Assault | None


class _Resident(NamedTuple):
    nhs_number: NhsNumber
    born_on: date
    gender: str
    borough: str
    lsoa: str
    practice: str


def planning_visits(
    seed: int = 1, people: int = PEOPLE, reference_time: datetime = DEFAULT_REFERENCE_TIME
) -> Iterator[PlanningVisit]:
    """Yield the visits of the year before the reference time, person by person; a person may have none."""
    numbers = islice(nhs_numbers(seed), NUMBERS_KEPT_FOR_COHORT, None)
    for index, number in enumerate(islice(numbers, people)):
        random = Random(f"planning|{seed}|{index}")
        resident = _resident(random, number, reference_time.date())
        yield from _visits(random, resident, reference_time)


def lsoas(borough: str) -> tuple[str, ...]:
    """Give the areas of a borough in which people live here."""
    runs = _LSOA_RUNS[borough]
    serials = chain.from_iterable(range(first, last + 1) for first, last in runs)
    return tuple(f"E{serial:08d}" for serial in serials)


_LSOAS = {borough: lsoas(borough) for borough in _LSOA_RUNS}
_HOT_SPOTS = {borough: codes[::HOT_SPOT_EVERY] for borough, codes in _LSOAS.items()}


def _resident(random: Random, number: NhsNumber, today: date) -> _Resident:
    borough = random.choice((CAMDEN, ISLINGTON))
    return _Resident(
        nhs_number=number,
        born_on=make_birth_date(random, today),
        gender=random.choice(("female", "male")),
        borough=borough,
        lsoa=random.choice(_LSOAS[borough]),
        practice=random.choice(PRACTICES[borough]),
    )


def _visits(random: Random, resident: _Resident, now: datetime) -> Iterator[PlanningVisit]:
    for (source, visit_class), a_year in VISITS_A_YEAR.items():
        for _ in range(_how_many(random, a_year)):
            yield _visit(random, resident, source, visit_class, now)


def _how_many(random: Random, mean: float) -> int:
    # Counts the arrivals of a Poisson process in one year.
    count, elapsed = 0, random.expovariate(mean)
    while elapsed < 1:
        count += 1
        elapsed += random.expovariate(mean)
    return count


def _visit(
    random: Random, resident: _Resident, source: SourceKind, visit_class: str, now: datetime
) -> PlanningVisit:
    shortest, longest = _MINUTES[visit_class]
    minutes = random.randint(shortest, longest)
    is_assault = visit_class == "EMER" and random.random() < ASSAULT_SHARE
    ago = timedelta(minutes=random.randint(minutes, WEEKS * 7 * 24 * 60))
    starts_at = (now - ago).replace(second=0, microsecond=0)
    if is_assault:
        starts_at = _on_a_weekend_night(starts_at)
    return PlanningVisit(
        *resident,
        source=source,
        organisation=_organisation(source, resident),
        visit_class=visit_class,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        assault=_assault(random, resident.borough) if is_assault else None,
    )


def _assault(random: Random, borough: str) -> Assault:
    areas = _HOT_SPOTS if random.random() < HOT_SPOT_SHARE else _LSOAS
    return Assault(
        place=random.choice(ASSAULT_PLACES),
        means=random.choice(ASSAULT_MEANS),
        lsoa=random.choice(areas[borough]),
    )


def _on_a_weekend_night(moment: datetime) -> datetime:
    # Back to the Saturday before, late: violence peaks there (Cardiff model data).
    saturday = moment - timedelta(days=(moment.weekday() - 5) % 7 or 7)
    return saturday.replace(hour=23)


def _organisation(source: SourceKind, resident: _Resident) -> str:
    match source:
        case SourceKind.GP:
            return resident.practice
        case SourceKind.HOSPITAL:
            return "RRV"
        case SourceKind.AMBULANCE:
            return "RRU"
        case unreachable:
            assert_never(unreachable)
