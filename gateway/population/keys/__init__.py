"""Keep the keys that pseudonyms are made with: who wraps them, where they lie, how they end (docs/decisions/0032)."""
