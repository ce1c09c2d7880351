"""The shapes of events that are a security alert or part of a session are made alike, with a subtype or without one."""

from gateway.audit import balp_codes as codes
from gateway.audit.balp_shapes import Shape, _security, _session
from tests.audit.balp_events import fhir, row_a, row_b


def test_a_security_alert_says_what_was_done_and_which_details_go_with_it():
    expected = Shape(codes.SECURITY_ALERT, (codes.LOGIN,), "U", ("digest", "rows"))

    assert _security(codes.LOGIN, "U", "digest", "rows") == expected
    assert _security(None, "C") == Shape(codes.SECURITY_ALERT, (), "C", ())


def test_what_a_session_is_about_is_an_authentication_that_was_carried_out():
    expected = Shape(codes.USER_AUTHENTICATION, (codes.LOGOUT,), "E", ("reason",))

    assert _session(codes.LOGOUT, "reason") == expected
    assert _session(None) == Shape(codes.USER_AUTHENTICATION, (), "E", ())


def test_of_either_the_application_is_the_source_and_the_service_the_destination():
    for shape in (_security(None, "E"), _session(None)):
        assert (shape.client, shape.server) == (codes.SOURCE, codes.DESTINATION)
        assert shape.profile is None


def test_an_event_of_no_profile_says_nothing_of_one():
    assert "meta" not in fhir(row_b())
    assert fhir(row_b(), row_a())["meta"].keys() == {"profile"}
