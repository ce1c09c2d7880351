"""Hold one key in memory: never shown, never pickled, overwritten when done with.

Python may have made copies of it on the way here, and each reading makes one more; those are not overwritten.
"""

from types import TracebackType
from typing import NoReturn, Self

from typing_extensions import override


class KeyWipedError(Exception):
    """Say that a key is read after it was done with."""


class HeldKey:
    """A key, for as long as its `with` lasts."""

    __slots__ = ("_held",)

    def __init__(self, material: bytes) -> None:
        self._held = bytearray(material)

    @property
    def material(self) -> bytes:
        """Give the key's bytes.

        Raises KeyWipedError.
        """
        if not self._held:
            raise KeyWipedError("This key was wiped: open it again.")
        return bytes(self._held)

    def wipe(self) -> None:
        """Overwrite the key."""
        # In place, at the same length: shortening it first could leave the bytes where they were.
        self._held[:] = bytes(len(self._held))
        self._held.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.wipe()

    @override
    def __repr__(self) -> str:
        return "HeldKey(…)"

    @override
    def __reduce__(self) -> NoReturn:
        raise TypeError("A key is not pickled: open it where it is used.")
