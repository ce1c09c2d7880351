"""What a valid record looks like here; no input or output beyond reading its own files."""
