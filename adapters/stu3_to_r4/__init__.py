"""Turn a GP record from FHIR STU3 into R4 UK Core, losing nothing without saying so."""

from adapters.stu3_to_r4.bundle import MappedRecord, map_bundle
from adapters.stu3_to_r4.envelope import UnreadableRecordError
from adapters.stu3_to_r4.losses import LossReason

__all__ = ["LossReason", "MappedRecord", "UnreadableRecordError", "map_bundle"]
