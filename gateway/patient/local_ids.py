"""Tell the items of a view apart by what their sources call them, or by what is shown of them.

Makes no outward id (`ids` does). Works on what narrowing left, so that neither a hidden item nor a hidden
element of a shown one has any part in an id.
"""

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b

from gateway.patient.narrow import Kept


def local_ids_of(kept: Sequence[Kept]) -> list[str]:
    """Give each item's id within its source and type, in the items' order.

    Shape: the source's own id where one item alone has it, else one made of what is shown, whatever the order
    of the answer; only items that look alike in everything are told apart by their order.
    """
    holders = Counter((each.item.source_id, each.item.worked.local_name) for each in kept)
    alike: Counter[tuple[str, str, str]] = Counter()
    found: list[str] = []
    for each in kept:
        source_id, worked = each.item.source_id, each.item.worked
        if worked.header.id is not None and holders[source_id, worked.local_name] == 1:
            found.append(worked.header.id)
            continue
        made = f"{worked.header.id or ''}#{blake2b(each.worked.body, digest_size=16).hexdigest()}"
        alike[source_id, worked.type, made] += 1
        place = alike[source_id, worked.type, made]
        found.append(made if place == 1 else f"{made}#{place}")
    return found
