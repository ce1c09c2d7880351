"""FHIR and JSON routes over the use cases; holds no rules."""
