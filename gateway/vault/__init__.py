"""Keep the way back from the planning store to people: sealed, on the patient side, for two questions alone."""
