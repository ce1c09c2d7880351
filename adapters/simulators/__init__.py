"""Source systems and an identity provider for demo and tests, serving one invented cohort."""
