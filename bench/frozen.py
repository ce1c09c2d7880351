"""Hold the baselines still: a ratio means nothing when what it is taken over may change unseen.

Run as `python -m bench.frozen` to print the digests to freeze anew, and say in the commit why they changed.
"""

import hashlib
from pathlib import Path

DIGESTS = {
    "floor.py": "8db59b84fccccafdeb1934311a140c602eaac840a2642a1fb0f5e9aab72a1512",
    "linear_casbin.py": "186533f1358649bc67441d290d9cd2a7c3f561265af3aa68d8d576d1d4d64cc7",
    "naive.py": "65d06ad12f57886cb3a05691287787fb16f3df7c1a89f4883d0acb2f554b8aac",
    "naive_population.py": "3c292aa5e7f5dc947d64bd3688006f639774d56c6b7ee344bf2e50cd5059be64",
    "raw_http.py": "2f23a22ca8bb4ebf9ddbcc2d20d5b351200203fce1c0d0faa85384f20f693b3a",
}
"""SHA-256 of each file that a baseline is made of."""


class BaselineChangedError(RuntimeError):
    """Say that a baseline is not the one that results are stated over."""


def digest_of(name: str) -> str:
    """Give the SHA-256 of one of the bench's files."""
    return hashlib.sha256((Path(__file__).parent / name).read_bytes()).hexdigest()


def refuse_changed() -> None:
    """Refuse to measure against baselines that have changed.

    Raises BaselineChangedError.
    """
    changed = [name for name, digest in DIGESTS.items() if digest_of(name) != digest]
    if changed:
        raise BaselineChangedError(
            f"Baselines changed: {', '.join(changed)}. To freeze them anew, put the digests that "
            "`python -m bench.frozen` prints into bench/frozen.py, and say why in the commit."
        )


if __name__ == "__main__":
    for each in DIGESTS:
        print(f'    "{each}": "{digest_of(each)}",')
