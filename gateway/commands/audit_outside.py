"""Give what `scr audit verify` holds the log against besides itself: the second place and the witness of the settings.

Checks nothing.
"""

from gateway.audit.notes import VerifierKey, read_verifier_key
from gateway.audit.places import Folder
from gateway.audit.second_place import looked_through, text_of, under_its_key
from gateway.settings import Settings

NOTHING = "Compared with nothing from outside: whoever writes to the database and has the key can have written it anew."


def held_elsewhere(settings: Settings) -> tuple[str, ...]:
    """Give every checkpoint of the second place.

    Raises: OSError when it does not answer; LogAlteredError when some was taken away.
    """
    if settings.audit_checkpoint_folder is None:
        return ()
    place = Folder(settings.audit_checkpoint_folder)
    latest, _ = looked_through(place)
    each = (under_its_key(place, size) for size in place.sizes())
    found = (*each, *(() if latest is None else (latest,)))
    return tuple(dict.fromkeys(map(text_of, found)))


def witness_keys(settings: Settings) -> tuple[VerifierKey, ...]:
    """Give the key of the witness, where there is one: what it signed is checked wherever it is met."""
    witness = settings.audit_witness
    return () if witness is None else (read_verifier_key(witness.key),)
