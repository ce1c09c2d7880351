"""State every rate, share and price by which the planning population is made up.

Figures are of a plausible order and chosen so that tables have something in them; none is a statistic of London.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from adapters.simulators.planning.lives import ContactKind

_GP, _OUT = ContactKind.GP, ContactKind.OUTPATIENT
_ED, _IN, _CALL = ContactKind.EMERGENCY, ContactKind.ADMISSION, ContactKind.AMBULANCE

BREAST_CANCER, LUNG_CANCER, HEART_FAILURE = "254837009", "254637007", "84114007"
CONDITION_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "38341003": "Hypertension",
        "44054006": "Type 2 diabetes mellitus",
        "195967001": "Asthma",
        "13645005": "Chronic obstructive pulmonary disease",
        "35489007": "Depressive disorder",
        BREAST_CANCER: "Malignant neoplasm of breast",
        LUNG_CANCER: "Non-small cell lung cancer",
        HEART_FAILURE: "Heart failure",
    }
)

Path = tuple[ContactKind, ...]

ROUTES: Mapping[str, tuple[tuple[float, Path], ...]] = MappingProxyType(
    {
        BREAST_CANCER: (
            (0.55, (_GP, _OUT, _IN, _OUT)),
            (0.25, (_GP, _OUT, _OUT, _IN, _OUT)),
            (0.18, (_OUT, _IN, _OUT, _GP)),
            (0.02, (_CALL, _ED, _IN, _OUT)),
        ),
        LUNG_CANCER: (
            (0.45, (_GP, _OUT, _OUT)),
            (0.30, (_CALL, _ED, _IN, _OUT)),
            (0.23, (_GP, _OUT, _IN)),
            (0.02, (_ED, _OUT, _ED, _IN)),
        ),
        HEART_FAILURE: (
            (0.50, (_GP, _OUT, _GP)),
            (0.28, (_ED, _IN, _GP)),
            (0.20, (_CALL, _ED, _IN, _GP)),
            (0.02, (_GP, _CALL, _ED, _IN, _OUT, _GP)),
        ),
    }
)
"""What follows an index diagnosis, with the share of people; the last route of each is meant to be rare."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Everything that the population is made by. Money is in pence, lengths in minutes."""

    contacts_a_year: Mapping[ContactKind, float] = field(
        # Near England's: 5.0 GP consultations, 1.6 outpatient visits, 0.44 ED attendances, 0.26 admissions.
        default_factory=lambda: {_GP: 5.0, _OUT: 1.6, _ED: 0.44, _IN: 0.26, _CALL: 0.12}
    )
    minutes: Mapping[ContactKind, tuple[int, int]] = field(
        default_factory=lambda: {
            _GP: (10, 40),
            _OUT: (15, 60),
            _ED: (60, 480),
            _IN: (1_440, 14_400),
            _CALL: (30, 90),
        }
    )
    # A few very long stays, so that one person can dominate the costs of a cell.
    long_stay_share: float = 0.01
    long_stay_minutes: tuple[int, int] = (43_200, 129_600)
    # Invented prices of the order of the NHS's own: a whole contact, and each night of an admission.
    pence_a_contact: Mapping[ContactKind, int] = field(
        default_factory=lambda: {_GP: 4_200, _OUT: 17_000, _ED: 25_000, _IN: 60_000, _CALL: 39_000}
    )
    pence_a_night: int = 45_000
    prevalence: Mapping[str, float] = field(
        default_factory=lambda: {
            "38341003": 0.14,
            "44054006": 0.06,
            "195967001": 0.06,
            "13645005": 0.02,
            "35489007": 0.10,
            BREAST_CANCER: 0.012,
            LUNG_CANCER: 0.008,
            HEART_FAILURE: 0.010,
        }
    )
    routes: Mapping[str, tuple[tuple[float, Path], ...]] = field(default_factory=lambda: ROUTES)
    days_between_steps: tuple[int, int] = (3, 28)
    # Of emergency attendances; far above any national share, so that maps have spots and months have cells.
    assault_share: float = 0.05
    hot_spot_share: float = 0.8
    hot_spots_a_borough: int = 5
    # Of assaults: told to have happened at night at the end of a week (the peak of the Cardiff model).
    weekend_night_share: float = 0.6
    # Of assaults attended at hospital: an ambulance came first.
    assault_by_ambulance_share: float = 0.4
    # Of assaults: the place is a named venue, else an area.
    venue_share: float = 0.35
    domestic_share: float = 0.15
    sexual_share: float = 0.03
    # Of assaults: the description of the place tells who the patient is, as hurried typing does.
    careless_description_share: float = 0.1
    deceased_share: float = 0.015
    restricted_share: float = 0.005
    opted_out_share: float = 0.05
    objecting_locally_share: float = 0.01
    type_1_share: float = 0.025
    # Of type 1 objections: made after the practice's last extract was cut.
    late_type_1_share: float = 0.1


STATED = Rates()

DENSE = Rates(
    contacts_a_year={_GP: 8.0, _OUT: 5.0, _ED: 4.0, _IN: 2.0, _CALL: 1.0},
    assault_share=0.15,
    routes={},
)
"""For a population of hundreds: so many contacts each that people are alike in what an onlooker may know of them."""
