"""Say which session a token belongs to: what its holder opened in one is not open in another.

Checks nothing of the token. `sid`: OpenID Connect Front-Channel Logout 1.0, section 3; docs/decisions/0019, section 3.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from rbac.canonical import length_prefixed


def session_of(claims: Mapping[str, Any], token_hash: str) -> str:
    """Give the hash of the session that a token belongs to: the issuer's, where it says which, or the token alone.

    A refreshed token goes on with its issuer's session in the same role, and otherwise begins another.
    """
    session = claims.get("sid")
    if not isinstance(session, str) or not 0 < len(session) <= 200:
        return token_hash
    words = [str(claims.get(name)) for name in ("iss", "sub", "selected_roleid")]
    return sha256(length_prefixed((*words, session))).hexdigest()
