"""Server-rendered pages over the same use cases; holds no rules."""
