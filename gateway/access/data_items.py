"""Say what each data item of the London Data Sharing Agreement is here, and what it lets through.

Decides nothing about anybody: `gateway/access/agreements.py` does. `docs/agreements.md` is written from this table.
Source: London Data Sharing Agreement (2021), list of data items; the mapping is a judgement, to be approved by
the parties' Caldicott Guardians.
"""

from dataclasses import dataclass

from fhir_profiles.vocabulary import Category, Label
from gateway.store.words import DataItem


@dataclass(frozen=True, slots=True)
class AgreedItem:
    """One line of the list.

    `opens` are the categories that it lets through by itself, `frees` the labels that bar an item until it is agreed;
    `mixed_into` are categories of a source's own resources that cannot be told apart from it, so that they
    need it too. `default` is how far it goes without a purpose of its own, `here` where it is found.
    """

    item: DataItem
    words: str
    default: str
    here: str
    opens: frozenset[Category] = frozenset()
    frees: frozenset[Label] = frozenset()
    mixed_into: frozenset[Category] = frozenset()


LONDON_LIST = (
    AgreedItem(
        DataItem.NAME_CONTACT_AGE,
        "name and contact details; age, date of birth",
        "direct care",
        "what the Personal Demographics Service holds",
        opens=frozenset({Category.DEMOGRAPHICS}),
    ),
    AgreedItem(
        DataItem.EQUALITIES,
        "ethnic origin, religion, other equalities information",
        "direct care; in bands only in population feeds",
        "inside a source's own Patient, which is therefore shown only if this item is agreed too",
        mixed_into=frozenset({Category.DEMOGRAPHICS}),
    ),
    AgreedItem(
        DataItem.HEALTH_RECORDS,
        "health records including NHS number, GP, ambulance service and other",
        "the matrix of roles",
        "everything clinical",
        opens=frozenset(
            {
                Category.ENCOUNTERS,
                Category.PROBLEMS,
                Category.MEDICATIONS,
                Category.ALLERGIES,
                Category.RESULTS,
                Category.IMMUNISATIONS,
                Category.DOCUMENTS,
                Category.CARE_PLANS,
                Category.END_OF_LIFE,
                # The list has no words of its own for these three: they are parts of a health record.
                Category.PROCEDURES,
                Category.APPOINTMENTS,
                Category.ALERTS,
            }
        ),
    ),
    AgreedItem(
        DataItem.SEX_LIFE,
        "sex life and sexual orientation",
        "by the second step of emergency access only",
        "any category, where its label says so",
        frees=frozenset({Label.SEXUAL_HEALTH}),
    ),
    AgreedItem(
        DataItem.SOCIAL_SERVICES,
        "social services information, referrals, assessments",
        "the matrix of roles",
        "plans, teams and requests of social care",
        opens=frozenset({Category.SOCIAL_CARE}),
    ),
    AgreedItem(
        DataItem.HOUSING,
        "housing information",
        "multi-agency roles only, and there is none here",
        "not held as such: it opens nothing",
    ),
    AgreedItem(
        DataItem.CRIMINAL_MATTERS,
        "criminal allegations, convictions, police intelligence, fire brigade, anti-social behaviour",
        "none",
        "not held; what a source sends of it stands under the label safeguarding, and this item opens nothing",
    ),
    AgreedItem(
        DataItem.EDUCATION_WORK_MONEY,
        "school and educational information; employment; financial information",
        "none",
        "not held: it opens nothing",
    ),
    AgreedItem(
        DataItem.IMAGES,
        "images: photographs, film, CCTV",
        "opened one at a time",
        "documents of an image's type, or of none in particular, and what stands inside an item itself: not shown"
        " unless this item is agreed",
    ),
)
"""The list, in the agreement's order."""
