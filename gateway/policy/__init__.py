"""The administrator's question: who may see what, who changes that, and which version is active."""
