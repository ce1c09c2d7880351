"""Name what is one person's of a count or a cost: a share, which is who they are in the ledger, and how much of it is theirs.

Pure. A share is one number, so that cells are compared as sets of shares as they are as sets of members: whoever has another
amount than before has another share. A share of 1 is the member itself, so that where people are counted both are the same.
"""

from collections.abc import Iterable, Mapping, Set
from typing import TypeAlias

Shares: TypeAlias = frozenset[int]

MEMBER_BITS = 64
_MEMBER = (1 << MEMBER_BITS) - 1


def share_of(member: int, amount: int) -> int:
    """Name a share. Raises ValueError for one of nothing, or less."""
    if amount < 1:
        raise ValueError("a share is of something")
    return member | (amount - 1) << MEMBER_BITS


def shares_of(amounts: Mapping[int, int]) -> Shares:
    """Name the shares of people; whoever has nothing has none."""
    return frozenset(share_of(member, amount) for member, amount in amounts.items() if amount)


def member_in(share: int) -> int:
    """Give whose share it is."""
    return share & _MEMBER


def amounts_in(shares: Iterable[int]) -> dict[int, int]:
    """Give how much each person has."""
    return {member_in(share): (share >> MEMBER_BITS) + 1 for share in shares}


def members_in(shares: Shares) -> frozenset[int]:
    """Give whose shares they are."""
    if max(shares, default=0) <= _MEMBER:
        return shares
    return frozenset(map(member_in, shares))


def what_is_left(shares: Iterable[int], others: Iterable[Set[int]]) -> dict[int, int]:
    """Give what is left of each person's share when all that is theirs in others is taken away, where that is not nothing."""
    left = amounts_in(shares)
    for other in others:
        for member, amount in amounts_in(other).items():
            left[member] = left.get(member, 0) - amount
    return {member: amount for member, amount in left.items() if amount}
