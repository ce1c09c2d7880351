"""The one place that makes a Permit."""
