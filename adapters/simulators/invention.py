"""Make up names, addresses and NHS numbers from a seed.

Makes no clinical content up. Numbers are from the 999 test range only (NHS Data Dictionary, NHS NUMBER).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from fhir_profiles.nhs_number import NhsNumber


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


FAMILY_NAMES = _listed(
    "Adeyemi|Ahmed|Akhtar|Allen|Baker|Begum|Bennett|Brown|Campbell|Chen|Clarke|Cooper|Costa|Davies|Demir|"
    "Edwards|Evans|Farah|Fernandes|Foster|Garcia|Green|Griffiths|Gupta|Hall|Hassan|Hughes|Hussain|Islam|"
    "Jackson|James|Johnson|Jones|Kaur|Khan|Kim|King|Kowalska|Lewis|Malik|Martin|Mensah|Miah|Mohamed|Moore|"
    "Morgan|Murphy|Nguyen|O'Brien|Okafor|Osei|Parker|Patel|Petrova|Phillips|Popescu|Rahman|Roberts|Robinson|"
    "Rossi|Scott|Shah|Silva|Singh|Smith-Jones|Stewart|Taylor|Thomas|Thompson|Turner|Walker|Watson|White|"
    "Williams|Wilson|Wright|Yilmaz|Young"
)
FEMALE_NAMES = _listed(
    "Aaliyah|Abena|Aisha|Alice|Amina|Anna|Beatriz|Charlotte|Chloe|Elena|Ella|Emily|Fatima|Grace|Hannah|Isla|"
    "Jasmine|Katarzyna|Leila|Lucy|Maria|Maryam|Mei|Nadia|Olivia|Priya|Rebecca|Sarah|Sofia|Zoë"
)
MALE_NAMES = _listed(
    "Abdul|Adam|Ahmed|Alex|Ali|Andrei|Arjun|Benjamin|Daniel|David|Edward|Emeka|George|Hamza|Harry|Hugo|Ibrahim|"
    "Jack|James|Joseph|Kwame|Liam|Luca|Mehmet|Mohammed|Noah|Oliver|Samuel|Thomas|Wei"
)
STREETS = _listed(
    "Albion Road|Bramble Close|Canal Walk|Chapel Street|Elm Grove|Foundry Lane|Garden Row|Harbour Street|"
    "Ivy Crescent|Jubilee Way|Kings Mews|Laurel Avenue|Mill Lane|Northfield Road|Orchard Place|Park View|"
    "Quarry Hill|Rose Terrace|Station Road|Tanner Street|Union Square|Victoria Rise|Willow Court|York Gardens"
)
OUTWARD_CODES = ("N1", "N7", "N19", "NW1", "NW3", "NW5", "E8", "EC1V", "WC1E", "W1T", "SE1", "SW9")
_INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # Royal Mail uses no C, I, K, M, O, V after the digit.

_FIRST_SERIAL = 100_000  # Above the published 99900000xx test numbers, so that none of them is met.
_SERIALS = 899_999  # The last serial, 999999, would make ten like digits.
_STEP = 7_919  # Prime to 899,999: numbers look unordered and every serial is met once.


def nhs_numbers(seed: int, first: int = 0) -> Iterator[NhsNumber]:
    """Yield distinct numbers of the 999 range, always the same ones for a seed; `first` serials are passed over."""
    for index in range(first, _SERIALS):
        serial = _FIRST_SERIAL + (index * _STEP + seed * 104_729) % _SERIALS
        number = _with_check_digit(f"999{serial:06d}")
        if number is not None:
            yield number


def _with_check_digit(nine_digits: str) -> NhsNumber | None:
    weighed = sum(
        int(digit) * weight for digit, weight in zip(nine_digits, range(10, 1, -1), strict=True)
    )
    check = -weighed % 11
    if check == 10:
        return None
    return NhsNumber(f"{nine_digits}{check}")


def make_names(random: Random, gender: str) -> tuple[str, tuple[str, ...], str]:
    """Make a family name, given names and a prefix."""
    pool = FEMALE_NAMES if gender == "female" else MALE_NAMES
    given = tuple(random.sample(pool, 2 if random.random() < 0.4 else 1))
    prefix = (
        random.choice(("Ms", "Mrs", "Miss", "Dr"))
        if gender == "female"
        else random.choice(("Mr", "Dr"))
    )
    return random.choice(FAMILY_NAMES), given, prefix


def make_address(random: Random) -> tuple[tuple[str, ...], str]:
    """Make address lines and a postcode of the right shape."""
    inward = (
        f"{random.randint(1, 9)}{random.choice(_INWARD_LETTERS)}{random.choice(_INWARD_LETTERS)}"
    )
    line = f"{random.randint(1, 180)} {random.choice(STREETS)}"
    return (line, "London"), f"{random.choice(OUTWARD_CODES)} {inward}"


def make_phone(random: Random) -> str:
    """Make a telephone number of the range that Ofcom keeps for drama (020 7946 0000 to 0999)."""
    return f"020 7946 0{random.randint(0, 999):03d}"


def make_birth_date(random: Random, today: date) -> date:
    """Make a birth date; most people of a shared record are old."""
    age_years = min(100, max(1, round(random.triangular(0, 99, 68))))
    return today - timedelta(days=age_years * 365 + random.randint(1, 364))


def with_typo(random: Random, text: str) -> str:
    """Swap two neighbouring letters of a text, as hurried typing does."""
    swappable = [place for place in range(1, len(text) - 1) if text[place] != text[place + 1]]
    if not swappable:
        return text
    place = random.choice(swappable)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
