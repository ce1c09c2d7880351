"""Counts that planners ask for one by one, answered from tables that have passed the gate."""
