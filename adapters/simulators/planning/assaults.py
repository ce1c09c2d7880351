"""Make up assaults: when in the week, where, by what means.

Lists are the project's own: the national codes of DCB1594 were not found openly, and are not guessed here.
"""

from datetime import datetime, timedelta
from random import Random

from adapters.simulators.invention import STREETS
from adapters.simulators.planning.areas import lsoas
from adapters.simulators.planning.lives import Assault, Circumstance, Resident
from adapters.simulators.planning.rates import Rates

ASSAULT_METHODS = (
    "body-part-fist",
    "body-part-foot",
    "body-part-head",
    "body-part-other",
    "blade",
    "glass-or-bottle",
    "blunt-object",
    "firearm",
    "vehicle",
    "corrosive",
    "dog-or-animal",
    "other",
    "unknown",
)
LOCATION_TYPES = (
    "own-home",
    "other-home",
    "street",
    "licensed-premises",
    "transport",
    "school",
    "workplace",
    "health-premises",
    "prison",
    "park",
    "other",
    "unknown",
)
_PUBLIC = ("street", "licensed-premises", "transport", "park")
_METHOD_WEIGHTS = (40, 8, 4, 8, 6, 6, 8, 1, 1, 1, 1, 8, 8)
_NIGHT_HOURS = (21, 22, 23, 0, 1, 2)


def hot_spots(borough: str, rates: Rates) -> tuple[str, ...]:
    """Give the few areas in which most assaults of a borough happen."""
    every = len(lsoas(borough)) // rates.hot_spots_a_borough
    return lsoas(borough)[::every][: rates.hot_spots_a_borough]


def make_assault(random: Random, resident: Resident, about: datetime, rates: Rates) -> Assault:
    """Make one assault up, in the week before a moment."""
    circumstance = _circumstance(random, rates)
    is_domestic = circumstance is Circumstance.DOMESTIC
    lsoa = resident.lsoa if is_domestic else _place(random, resident.borough, rates)
    location_type = "own-home" if is_domestic else random.choice(_PUBLIC)
    is_at_venue = not is_domestic and random.random() < rates.venue_share
    return Assault(
        at=_when(random, about, rates),
        method=random.choices(ASSAULT_METHODS, _METHOD_WEIGHTS)[0],
        location_type="licensed-premises" if is_at_venue else location_type,
        circumstance=circumstance,
        lsoa=lsoa,
        venue=f"venue-{lsoa}" if is_at_venue else "",
        location_description=_description(random, resident, rates),
    )


def _circumstance(random: Random, rates: Rates) -> Circumstance:
    drawn = random.random()
    if drawn < rates.domestic_share:
        return Circumstance.DOMESTIC
    is_sexual = drawn < rates.domestic_share + rates.sexual_share
    return Circumstance.SEXUAL if is_sexual else Circumstance.OTHER


def _place(random: Random, borough: str, rates: Rates) -> str:
    if random.random() < rates.hot_spot_share:
        return random.choice(hot_spots(borough, rates))
    return random.choice(lsoas(borough))


def _when(random: Random, about: datetime, rates: Rates) -> datetime:
    on_the_hour = about.replace(minute=0, second=0, microsecond=0)
    if random.random() >= rates.weekend_night_share:
        return on_the_hour - timedelta(hours=random.randint(1, 7 * 24))
    # Friday or Saturday night, wherever in the week the moment is.
    evening = on_the_hour - timedelta(days=(about.weekday() - random.choice((4, 5))) % 7)
    hour = random.choice(_NIGHT_HOURS)
    night = evening.replace(hour=hour) + timedelta(days=hour < _NIGHT_HOURS[0])
    return night if night < about else night - timedelta(days=7)


def _description(random: Random, resident: Resident, rates: Rates) -> str:
    where = f"outside {random.randint(1, 180)} {random.choice(STREETS)}"
    if random.random() >= rates.careless_description_share:
        return where
    name = f"{resident.given_name} {resident.family_name}"
    return f"{where}, {name}, {resident.nhs_number.grouped}, lives {resident.postcode}"
