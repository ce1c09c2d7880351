import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.decoding import InflatingDecoder, UndecodableError, decoder_for
from adapters.limits import ByteBudget, OverBudgetError

PLENTY = 1024 * 1024


@given(st.lists(st.binary(max_size=200_000), max_size=3), st.integers(1, 5000))
def test_members_cut_anywhere_inflate_to_what_went_in(members, step):
    packed = b"".join(gzip.compress(member) for member in members)
    decoder = InflatingDecoder(ByteBudget(PLENTY))
    for start in range(0, len(packed), step):
        decoder.feed(packed[start : start + step])

    assert decoder.finish() == b"".join(members)


def test_bytes_kept_are_charged_to_the_budget_and_no_more_is_kept():
    budget = ByteBudget(100)
    decoder = decoder_for("", budget)
    assert decoder is not None
    decoder.feed(b"x" * 60)

    with pytest.raises(OverBudgetError):
        decoder.feed(b"x" * 41)
    assert (budget.left, decoder.finish()) == (40, b"x" * 60)


def test_rubbish_after_a_member_is_refused():
    decoder = InflatingDecoder(ByteBudget(PLENTY))

    with pytest.raises(UndecodableError):
        decoder.feed(zlib.compress(b"{}") + b"rubbish")


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip"])
def test_other_codings_have_no_decoder(coding):
    assert decoder_for(coding, ByteBudget(1)) is None
