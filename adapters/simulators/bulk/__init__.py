"""Simulate a source that gives everybody's records at once: by Bulk Data export, or only by paged search."""
