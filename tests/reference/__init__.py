"""An independent reference evaluator of who may see what, written from the requirements alone."""
