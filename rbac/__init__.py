"""Pure decisions: a role, an organisation kind and a purpose give the levels of view; knows no patient."""
