"""Linked data for planners that cannot be turned back into people."""
