"""Invent a working week of staff who open records, most with good reason and a few without."""
