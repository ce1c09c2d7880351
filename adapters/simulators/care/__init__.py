"""Make the invented care of the cohort up: what happened, and which source tells of it."""
