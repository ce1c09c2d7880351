"""Make up the people of the planning population: who they are, where they live, what they chose."""

from datetime import date, datetime, timedelta
from random import Random

from adapters.simulators.invention import FAMILY_NAMES, FEMALE_NAMES, MALE_NAMES, STREETS
from adapters.simulators.planning.areas import CAMDEN, ISLINGTON, PRACTICES, lsoas, postcodes_in
from adapters.simulators.planning.lives import Resident
from adapters.simulators.planning.rates import Rates
from fhir_profiles.nhs_number import NhsNumber

EXTRACT_CUT_BEFORE = timedelta(days=7)
"""How long before the reference time practices cut their extract: later objections are not in it yet."""

_YEAR = 365
# Younger than the cohort of a shared record; a few hundred in fifty thousand are 90 and older.
_AGES = (0, 96, 33)


def make_resident(random: Random, number: NhsNumber, now: datetime, rates: Rates) -> Resident:
    """Make one person up."""
    borough = random.choice((CAMDEN, ISLINGTON))
    lsoa = random.choice(lsoas(borough))
    gender = random.choice(("female", "male"))
    return Resident(
        nhs_number=number,
        family_name=random.choice(FAMILY_NAMES),
        given_name=random.choice(FEMALE_NAMES if gender == "female" else MALE_NAMES),
        gender=gender,
        born_on=_born_on(random, now.date()),
        died_on=_died_on(random, now.date(), rates),
        address_line=f"{random.randint(1, 180)} {random.choice(STREETS)}",
        postcode=random.choice(postcodes_in(lsoa)),
        lsoa=lsoa,
        borough=borough,
        practice=random.choice(PRACTICES[borough]),
        is_restricted=random.random() < rates.restricted_share,
        is_opted_out=random.random() < rates.opted_out_share,
        objects_locally=random.random() < rates.objecting_locally_share,
        objected_on=_objected_on(random, now.date(), rates),
    )


def _born_on(random: Random, today: date) -> date:
    # Before the year of contacts, so that nobody is seen unborn.
    years = 1 + int(random.triangular(*_AGES))
    return today - timedelta(days=years * _YEAR + random.randint(1, _YEAR - 1))


def _died_on(random: Random, today: date, rates: Rates) -> date | None:
    if random.random() >= rates.deceased_share:
        return None
    return today - timedelta(days=random.randint(1, _YEAR))


def _objected_on(random: Random, today: date, rates: Rates) -> date | None:
    if random.random() >= rates.type_1_share:
        return None
    cut_days = EXTRACT_CUT_BEFORE.days
    if random.random() < rates.late_type_1_share:
        return today - timedelta(days=random.randint(0, cut_days - 1))
    return today - timedelta(days=random.randint(cut_days, 5 * _YEAR))
