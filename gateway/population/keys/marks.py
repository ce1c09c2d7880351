"""Tell keys of the store apart by a mark, so that what two of them named is never taken for one."""

from hashlib import blake2b

from gateway.population.keys.custody import KeyCustody
from gateway.population.keys.names import KeyName, Purpose


def mark_of(store_key: bytes) -> str:
    """Give what a key of the store is known by, in 32 hexadecimal digits; the key cannot be had from it.

    Raises ValueError for a key of more than 64 bytes.
    """
    return blake2b(key=store_key, digest_size=16, person=b"key of store").hexdigest()


async def current_mark(custody: KeyCustody) -> str:
    """Give the mark of the store's key that is current. Raises CustodyError."""
    with await custody.open(KeyName(Purpose.STORE)) as key:
        return mark_of(key.material)
