"""Name the version of the running software."""

from importlib.metadata import version

VERSION = version("shared-care-record")
VERSION_DATE = "2026-11-22"
"""Date of the last change of what is served, as the CapabilityStatement states it."""
