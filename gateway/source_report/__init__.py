"""Try a source out before it is opened to readers, and tell an integration engineer what to mend."""
