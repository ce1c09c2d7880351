"""Which losses count, and what they excuse: never anything that was signed under the name that is in use."""

import orjson
import pytest

from gateway.audit.following import Following
from gateway.audit.losses import Loss, led_to, losses_in, under_name, with_former
from gateway.audit.notes import Checkpoint, KeyType, SigningKey, VerifierKey
from tests.audit.signed_log import KEY

ROOT = b"r" * 32
NEW = SigningKey("record.test/audit/2", KEY.seed)
LOSS = Loss(KEY.origin, 10, 13, NEW.origin)
EARLIER = Loss("record.test/audit/0", 4, 5, KEY.origin)
WITNESS = VerifierKey("witness.test", KeyType.WITNESS, b"w" * 32)


@pytest.mark.parametrize(
    ("origin", "size", "is_covered"),
    [
        (KEY.origin, 9, False),
        (KEY.origin, 10, True),
        (KEY.origin, 13, True),
        (KEY.origin, 14, False),
        (NEW.origin, 12, False),
    ],
)
def test_a_loss_covers_what_was_signed_under_the_former_name_and_is_gone(
    origin: str, size: int, is_covered: bool
):
    assert LOSS.covers(Checkpoint(origin, size, ROOT)) is is_covered


@pytest.mark.parametrize(
    ("name", "losses", "counting"),
    [
        (NEW.origin, (), ()),
        (NEW.origin, (LOSS,), (LOSS,)),
        (NEW.origin, (EARLIER, LOSS), (LOSS, EARLIER)),
        (KEY.origin, (EARLIER, LOSS), (EARLIER,)),
        # Somebody adds an entry that says of the name in use that it was given up.
        (NEW.origin, (Loss(NEW.origin, 1, 999, "elsewhere"),), ()),
        (NEW.origin, (Loss(NEW.origin, 1, 999, NEW.origin),), ()),
        (NEW.origin, (LOSS, Loss(NEW.origin, 1, 999, KEY.origin)), (LOSS,)),
        # The first that tells of a loss counts: a later one could only hide more.
        (NEW.origin, (LOSS, Loss(KEY.origin, 1, 999, NEW.origin)), (LOSS,)),
    ],
)
def test_only_losses_that_led_to_the_name_in_use_count(name, losses, counting):
    assert led_to(name, losses) == counting


def test_the_same_keys_count_under_the_former_name_and_a_witness_does_not():
    keys = with_former((NEW.verifier(), WITNESS), (LOSS,))

    assert keys == (NEW.verifier(), WITNESS, KEY.verifier())
    assert under_name("x", (WITNESS,)) == ()


def entry_line(action: str, **body: object) -> bytes:
    return b'{"leaf":"x","entry":%b}\n' % orjson.dumps({"action": action, "body": body})


BODY = {
    "origin": NEW.origin,
    "former_origin": KEY.origin,
    "first_lost": 10,
    "former_size": 13,
}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (entry_line("log-begun-anew", **BODY), (LOSS,)),
        (entry_line("asked", told='"action":"log-begun-anew"'), ()),
        (entry_line("log-begun-anew", **BODY)[:-3], ()),
        (b'["action":"log-begun-anew"]\n', ()),
        (b'[{"action":"log-begun-anew"}]\n', ()),
        (b'{"entry":null,"x":{"action":"log-begun-anew"}}\n', ()),
        (entry_line("log-begun-anew", origin="x"), ()),
        (b'{"checkpoint":"x"}\n', ()),
        (entry_line("log-begun-anew", **{**BODY, "first_lost": "10"}), ()),
        (entry_line("log-begun-anew", **{**BODY, "first_lost": True}), ()),
        (entry_line("log-begun-anew", **{**BODY, "former_size": 13.5}), ()),
        (entry_line("log-begun-anew", **{**BODY, "former_size": -1}), ()),
        (entry_line("log-begun-anew", **{**BODY, "origin": 2}), ()),
    ],
)
def test_losses_are_found_in_an_exported_log_whatever_its_lines_hold(line, found):
    assert losses_in([line]) == found


def test_a_checkpoint_of_lost_entries_is_not_held_against_the_log():
    following = Following((NEW.verifier(), KEY.verifier()), (LOSS,))

    following.hold(KEY.sign(12, ROOT))
    assert following.held == {}

    following.hold(KEY.sign(9, ROOT))
    following.hold(NEW.sign(12, ROOT))
    assert set(following.held) == {9, 12}
