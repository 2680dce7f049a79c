import pytest

from kb.web import limiting


@pytest.mark.parametrize(
    ("remote", "passed_on", "counted"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "203.0.113.9", "192.0.2.7"),
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("::ffff:192.0.2.7", "", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("::1", "2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", "", "somewhere"),
    ],
)
def test_a_request_is_counted_for_the_network_it_comes_from(app, remote, passed_on, counted):
    environ = {"REMOTE_ADDR": remote}
    headers = {"X-Forwarded-For": passed_on} if passed_on else {}

    with app.test_request_context(environ_base=environ, headers=headers):
        assert limiting.remote_address() == counted
