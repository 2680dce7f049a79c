import pytest

from kb.errors import NotFound
from kb.training import attendance
from kb.training.models import SessionState
from tests.factories import NOW
from tests.training.past import SECRET, join, make_session

OTHER = "another secret, also long enough"


def code(training, device, secret=SECRET):
    return attendance.code_for(training, device.token, secret=secret)


def came(session, training, typed):
    return attendance.came(session, training, typed, secret=SECRET)


def test_devices_are_counted_with_their_times(session):
    training = make_session(session)
    join(session, training, 2)
    join(session, training, joined_at=NOW)

    found = attendance.of(session, training)

    assert found.devices == 3
    assert found.last == NOW
    assert list(found.joined) == sorted(found.joined)


def test_an_empty_room_has_no_times(session):
    found = attendance.of(session, make_session(session))

    assert (found.devices, found.first, found.last) == (0, None, None)


def test_a_code_that_was_given_out_is_right_however_it_is_typed(session):
    training = make_session(session)
    device = join(session, training, 3)[1]

    given = code(training, device)

    assert came(session, training, given)
    assert came(session, training, f" {given.lower().replace('-', ' ')} ")


def test_each_device_has_a_code_of_its_own_that_never_changes(session):
    training = make_session(session)
    devices = join(session, training, 20)

    codes = [code(training, device) for device in devices]

    assert len(set(codes)) == 20
    assert codes == [code(training, device) for device in devices]


@pytest.mark.parametrize("typed", ["", "A", "AB3CD-4EF5G", "0" * 10, "☃" * 10, "A" * 100_000])
def test_what_was_never_given_out_is_wrong(session, typed):
    training = make_session(session)
    join(session, training, 3)

    assert not came(session, training, typed)


def test_a_code_of_another_session_or_another_site_is_wrong(session):
    training, other = make_session(session), make_session(session)
    device, elsewhere = join(session, training)[0], join(session, other)[0]

    assert not came(session, training, code(other, elsewhere))
    assert not came(session, training, code(training, device, OTHER))


def test_the_rooms_link_opens_a_session_that_is_over(session):
    training = make_session(session)
    token = attendance.view_token(training, secret=SECRET)

    assert attendance.for_room(session, training.id, token, secret=SECRET) is training


@pytest.mark.parametrize("token", ["", "x", "ä", "\udcff", "0" * 40])
def test_a_made_up_link_opens_nothing(session, token):
    training = make_session(session)

    with pytest.raises(NotFound):
        attendance.for_room(session, training.id, token, secret=SECRET)


def test_the_link_of_another_session_opens_nothing(session):
    training, other = make_session(session), make_session(session)
    token = attendance.view_token(other, secret=SECRET)

    with pytest.raises(NotFound):
        attendance.for_room(session, training.id, token, secret=SECRET)


@pytest.mark.parametrize("state", [SessionState.PREPARED, SessionState.OPEN])
def test_the_link_opens_nothing_before_the_session_is_over(session, state):
    training = make_session(session, state=state)
    token = attendance.view_token(training, secret=SECRET)

    with pytest.raises(NotFound):
        attendance.for_room(session, training.id, token, secret=SECRET)
