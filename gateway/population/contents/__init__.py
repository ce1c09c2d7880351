"""Make the parts of a release, each step in a file of its own; `gateway/population/making.py` puts them in order."""
