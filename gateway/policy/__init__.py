"""The administrator's question: which version of the role policy is active."""
