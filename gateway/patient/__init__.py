"""The clinician's question: gather, verify, group, label, narrow, derive, splice."""
