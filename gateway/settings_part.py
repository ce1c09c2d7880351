"""Make every part of the settings strict: an unknown field is a fault, and nothing changes once read."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """One part of the settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")
