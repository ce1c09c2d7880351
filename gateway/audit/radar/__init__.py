"""Find in the audit what looks like snooping, and say why. Pure, but for `window`, which reads."""
