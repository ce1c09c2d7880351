"""One file per source dialect, turning a source's answer into a typed SourceAnswer."""
