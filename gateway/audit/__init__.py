"""Every act, written durably before its effect."""
