"""The five ways in which a part of the service can fail (P03)."""

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Failing(StrEnum):
    """The ways in which a part can fail (P03)."""

    RAISES = "raises"
    NONE = "none"
    TUPLE = "tuple"
    COROUTINE = "coroutine"
    STUCK = "stuck"


async def _nobody_awaits_this() -> bool:
    return True


@dataclass
class Fault:
    """One way of failing, for parts that are awaited and for parts that are not."""

    kind: Failing
    left_over: list[Coroutine[Any, Any, bool]] = field(default_factory=list)
    has_been_late: bool = False

    def tell(self, *_args: object, **_more: object) -> Any:
        match self.kind:
            case Failing.RAISES:
                raise RuntimeError("a fault of a part")
            case Failing.NONE:
                return None
            case Failing.TUPLE:
                return (True,)
            case Failing.COROUTINE:
                self.left_over.append(_nobody_awaits_this())
                return self.left_over[-1]
            case Failing.STUCK:
                # Once is enough to be late; the answer that then comes would be a good one.
                time.sleep(0.0 if self.has_been_late else 0.15)
                self.has_been_late = True
                return frozenset()

    async def answer(self, *_args: object, **_more: object) -> Any:
        if self.kind is Failing.STUCK:
            await asyncio.Event().wait()
        return self.tell()

    def close(self) -> None:
        for each in self.left_over:
            each.close()
