"""Serve published example records instead of the invented cohort; only what `patients` names is changed in them."""
