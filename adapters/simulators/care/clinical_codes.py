"""List the codes that invented care is written in.

Says nothing of who has what. SNOMED CT codes are as published in UK examples and the ECDS tables; what has no
code that could be checked is in an openly invented code system.
"""

from dataclasses import dataclass

from adapters.simulators.truth import Coding
from fhir_profiles.systems import SNOMED_CT

INVENTED = "https://shared-care-record.example/CodeSystem/invented"


def snomed(code: str, display: str) -> Coding:
    """Make a SNOMED CT coding."""
    return Coding(SNOMED_CT, code, display)


@dataclass(frozen=True, slots=True)
class Drug:
    """A medicine with the usual way of taking it."""

    coding: Coding
    dose_value: str
    dose_unit: str
    frequency: str
    treats: str


LONG_TERM_PROBLEMS: tuple[tuple[Coding, str], ...] = (
    (snomed("38341003", "Hypertension"), "I10"),
    (snomed("44054006", "Type 2 diabetes mellitus"), "E11.9"),
    (snomed("195967001", "Asthma"), "J45.9"),
    (snomed("13645005", "Chronic obstructive pulmonary disease"), "J44.9"),
    (snomed("49436004", "Atrial fibrillation"), "I48.9"),
    (snomed("84114007", "Heart failure"), "I50.9"),
    (snomed("414545008", "Ischaemic heart disease"), "I25.9"),
    (snomed("709044004", "Chronic kidney disease"), "N18.9"),
    (snomed("396275006", "Osteoarthritis"), "M19.9"),
    (snomed("40930008", "Hypothyroidism"), "E03.9"),
    (snomed("37796009", "Migraine"), "G43.9"),
    (snomed("84757009", "Epilepsy"), "G40.9"),
    (snomed("64859006", "Osteoporosis"), "M81.9"),
    (snomed("22298006", "Myocardial infarction"), "I21.9"),
)
MINOR_PROBLEMS: tuple[tuple[Coding, str], ...] = (
    (snomed("54150009", "Upper respiratory infection"), "J06.9"),
    (snomed("279039007", "Low back pain"), "M54.5"),
    (snomed("21719001", "Allergic rhinitis due to pollen"), "J30.1"),
    (snomed("30989003", "Knee pain"), "M25.5"),
    (snomed("267032009", "Tired all the time"), "R53"),
    (snomed("6020002", "Tinea pedis"), "B35.3"),
    (snomed("50417007", "Lower respiratory tract infection"), "J22"),
)
ACUTE_REASONS: tuple[tuple[Coding, str], ...] = (
    (snomed("29857009", "Chest pain"), "R07.4"),
    (snomed("267036007", "Dyspnoea"), "R06.0"),
    (snomed("233604007", "Pneumonia"), "J18.9"),
    (snomed("230690007", "Cerebrovascular accident"), "I64"),
    (snomed("21522001", "Abdominal pain"), "R10.4"),
    (snomed("5913000", "Fracture of neck of femur"), "S72.0"),
    (snomed("68566005", "Urinary tract infection"), "N39.0"),
)
DRUGS: tuple[Drug, ...] = (
    Drug(snomed("319284000", "Amlodipine 10mg tablets"), "10", "mg", "once daily", "38341003"),
    Drug(snomed("408052000", "Ramipril 10mg tablets"), "10", "mg", "once daily", "84114007"),
    Drug(snomed("325242002", "Gliclazide 80mg tablets"), "80", "mg", "twice daily", "44054006"),
    Drug(snomed("320029006", "Atorvastatin 10mg tablets"), "10", "mg", "at night", "414545008"),
    Drug(snomed("319775004", "Aspirin 75mg tablets"), "75", "mg", "once daily", "22298006"),
    Drug(
        snomed("35936511000001108", "Salbutamol 100micrograms/dose inhaler"),
        "200",
        "microgram",
        "as required",
        "195967001",
    ),
    Drug(
        snomed("374296008", "Levothyroxine sodium 100microgram tablets"),
        "100",
        "microgram",
        "once daily",
        "40930008",
    ),
    Drug(snomed("318783003", "Doxazosin 4mg tablets"), "4.00", "mg", "once daily", "38341003"),
    Drug(snomed("322280009", "Paracetamol 500mg capsules"), "1.00", "g", "as required", ""),
    Drug(snomed("322623000", "Tramadol 50mg capsules"), "50", "mg", "as required", ""),
    Drug(snomed("39732411000001106", "Amoxicillin 500mg capsules"), "500", "mg", "8 hourly", ""),
    Drug(snomed("41948311000001104", "Doxycycline 100mg capsules"), "100", "mg", "once daily", ""),
    Drug(snomed("327550006", "Folic acid 5mg tablets"), "5.0", "mg", "once daily", ""),
)
AMBULANCE_DRUGS: tuple[Drug, ...] = (
    Drug(Coding(INVENTED, "amb-oxygen", "Oxygen"), "15", "L/min", "continuous", ""),
    Drug(Coding(INVENTED, "amb-aspirin-300", "Aspirin 300mg"), "300", "mg", "once", ""),
    Drug(Coding(INVENTED, "amb-gtn", "Glyceryl trinitrate spray"), "0.40", "mg", "once", ""),
    Drug(Coding(INVENTED, "amb-morphine", "Morphine sulfate 10mg/1ml"), "2.50", "mg", "once", ""),
    Drug(Coding(INVENTED, "amb-salbutamol", "Salbutamol nebuliser"), "5.0", "mg", "once", ""),
)
ALLERGIES: tuple[tuple[Coding, str], ...] = (
    (snomed("91936005", "Allergy to penicillin"), "medication"),
    (snomed("293586001", "Allergy to aspirin"), "medication"),
    (snomed("294505008", "Allergy to amoxicillin"), "medication"),
    (snomed("294881007", "Allergy to warfarin"), "medication"),
    (snomed("91935009", "Allergy to peanut"), "environment"),
    (snomed("300916003", "Allergy to latex"), "environment"),
)
NO_KNOWN_ALLERGY = snomed("716186003", "No known allergy")
REACTIONS: tuple[Coding, ...] = (
    snomed("247472004", "Urticarial rash"),
    snomed("39579001", "Anaphylaxis"),
    snomed("422587007", "Nausea"),
    snomed("41291007", "Angioedema"),
)
VACCINES: tuple[Coding, ...] = (
    snomed("822851000000102", "Seasonal influenza vaccination"),
    snomed("38598009", "Administration of measles and mumps and rubella vaccine"),
    snomed("170370000", "Administration of first dose of hepatitis B vaccine"),
    snomed("247631000000101", "First pneumococcal conjugated vaccination"),
)
PROCEDURES: tuple[Coding, ...] = (
    snomed("265157000", "Total prosthetic replacement of hip joint using cement"),
    snomed("46825001", "Electrocardiographic monitoring"),
    snomed("265170009", "Total prosthetic replacement of knee joint using cement"),
    snomed("80146002", "Appendicectomy"),
)
LETTERS: dict[str, Coding] = {
    "discharge-summary": snomed("373942005", "Discharge summary"),
    "outpatient-letter": snomed("823681000000100", "Outpatient letter"),
    "referral-letter": snomed("25611000000107", "Referral letter"),
}
VISIT_TYPES: dict[str, Coding] = {
    "gp": snomed("325851000000107", "Consultation"),
    "outpatient": snomed("185293001", "Seen by consultant"),
    "emergency": snomed("4525004", "Emergency department patient visit"),
    "admission": snomed("183452005", "Emergency hospital admission"),
    "ambulance": Coding(INVENTED, "ambulance-contact", "Ambulance patient contact"),
}
