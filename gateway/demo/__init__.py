"""The whole service on one machine, with invented people: for trying it, and for checking that it works."""
