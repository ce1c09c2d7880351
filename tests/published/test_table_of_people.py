"""The table of test numbers is read strictly, and ties twenty people and more to three sources."""

import pytest

from adapters.simulators.published.table import Row, TableError, read_table
from fhir_profiles.nhs_number import NhsNumber

HEAD = "nhs_number,gp,hospital,ambulance\n"
GP = "gpconnect_stu3/a.json.gz"
HOSPITAL = "synthea_r4_bundles/b.json.bz2"


def written(tmp_path, text):
    path = tmp_path / "people.csv"
    path.write_text(text)
    return path


def test_a_row_is_one_persons_number_and_files(tmp_path):
    rows = read_table(written(tmp_path, f"{HEAD}9990000018,{GP},{HOSPITAL},\n"))

    assert rows == (Row(NhsNumber("9990000018"), GP, HOSPITAL, None),)
    assert rows[0].files == (GP, HOSPITAL)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nhs_number,gp\n", "columns"),
        (f"{HEAD}9990000019,{GP},,\n", "check digit"),
        (f"{HEAD}9434765919,{GP},,\n", "test range"),
        (f"{HEAD}9990000018,{GP}\n", "4 cells"),
        (f"{HEAD}9990000018,../a.json,,\n", "gp file"),
        (f"{HEAD}9990000018,{HOSPITAL},,\n", "gp file"),
        (f"{HEAD}9990000018,,,bars_ambulance_r4/json/a.json\n", "GP or a hospital"),
        (f"{HEAD}9990000018,{GP},,\n9990000018,,{HOSPITAL},\n", "twice"),
        (f"{HEAD}9990000018,{GP},,\n9990000026,{GP},,\n", "twice"),
    ],
)
def test_a_faulty_table_is_refused_with_the_reason(tmp_path, text, told):
    with pytest.raises(TableError, match=told):
        read_table(written(tmp_path, text))


def test_every_gp_record_and_every_hospital_patient_has_a_number_and_over_twenty_have_all_three():
    rows = read_table()

    assert (sum(1 for row in rows if row.gp), sum(1 for row in rows if row.hospital)) == (37, 66)
    assert sum(1 for row in rows if len(row.files) == 3) == 22
