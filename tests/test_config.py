import stat
from pathlib import Path

import pytest

from kb.config import Settings, WrongSetting, is_loopback


def test_with_nothing_set_everything_has_a_good_default(tmp_path):
    settings = Settings.from_environ({"KB_DATA_DIR": str(tmp_path), "KB_PORT": " "})

    assert settings.database_url == f"sqlite:///{tmp_path}/kb.sqlite"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.site_name == "Scrutiny Swap"
    assert settings.search_engine == "whoosh"
    assert not settings.is_https


def test_every_setting_can_be_set(tmp_path):
    settings = Settings.from_environ(
        {
            "KB_DATA_DIR": str(tmp_path),
            "KB_HOST": "::1",
            "KB_PORT": "9000",
            "KB_DATABASE_URL": "postgresql+psycopg://localhost/kb",
            "KB_BASE_URL": "https://swap.example.org/",
            "KB_SITE_NAME": "Craffu",
            "KB_SECRET_KEY": "x" * 16,
            "KB_SEARCH_ENGINE": "postgres",
            "KB_QUEUE_URL": "redis://localhost/3",
            "KB_MAIL_URL": "smtps://swap:secret@mail.example.org:465",
            "KB_MAIL_FROM": "Craffu <craffu@example.org>",
            "KB_OIDC_ISSUER": "https://login.example.org/tenant/v2.0",
            "KB_OIDC_CLIENT_ID": "craffu",
            "KB_OIDC_CLIENT_SECRET": "a shared secret",
            "KB_OIDC_NAME": "Bryn Council",
        }
    )

    assert settings.base_url == "https://swap.example.org"
    assert (settings.host, settings.port, settings.site_name) == ("::1", 9000, "Craffu")
    assert settings.queue_url == "redis://localhost/3"
    assert settings.mail_url == "smtps://swap:secret@mail.example.org:465"
    assert settings.mail_from == "Craffu <craffu@example.org>"
    assert settings.oidc_issuer == "https://login.example.org/tenant/v2.0"
    assert (settings.oidc_client_id, settings.oidc_client_secret) == ("craffu", "a shared secret")
    assert settings.oidc_name == "Bryn Council"
    assert settings.is_https
    assert not settings.is_sqlite


def test_letters_come_from_the_site_s_own_name_unless_another_is_set(tmp_path):
    settings = Settings(data_dir=tmp_path, base_url="https://swap.example.org")

    assert settings.mail_from == "Scrutiny Swap <no-reply@swap.example.org>"


@pytest.mark.parametrize(
    "url",
    [
        *("smtp://mail.example.org:587", "smtp://user:pass%2Fword@mail.example.org:587"),
        *("smtps://mail.example.org", "notify://template:key@api.notifications.service.gov.uk"),
    ],
)
def test_letters_go_by_a_mail_server_or_by_notify(tmp_path, url):
    assert Settings(data_dir=tmp_path, mail_url=url).mail_url == url


def test_a_provider_on_this_machine_may_do_without_https(tmp_path):
    issuer = "http://127.0.0.1:9400"

    settings = Settings(
        data_dir=tmp_path, oidc_issuer=issuer, oidc_client_id="x", oidc_client_secret="y"
    )

    assert settings.oidc_issuer == issuer


@pytest.mark.parametrize("missing", ["KB_OIDC_CLIENT_ID", "KB_OIDC_CLIENT_SECRET"])
def test_a_provider_needs_both_an_id_and_a_secret(missing):
    given = {
        "KB_OIDC_ISSUER": "https://login.example.org",
        "KB_OIDC_CLIENT_ID": "craffu",
        "KB_OIDC_CLIENT_SECRET": "a shared secret",
    }
    del given[missing]

    with pytest.raises(WrongSetting, match=missing):
        Settings.from_environ(given)


def test_an_address_of_version_6_stands_in_brackets(tmp_path):
    assert Settings(data_dir=tmp_path, host="::1").base_url == "http://[::1]:8000"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KB_PORT", "eighty"),
        ("KB_PORT", "70000"),
        ("KB_PORT", "٣"),
        ("KB_SEARCH_ENGINE", "elastic"),
        ("KB_SEARCH_ENGINE", "postgres"),
        ("KB_SECRET_KEY", "short"),
        ("KB_DATABASE_URL", "mysql://localhost/kb"),
        ("KB_DATABASE_URL", "kb.sqlite"),
        ("KB_QUEUE_URL", "amqp://localhost"),
        ("KB_QUEUE_URL", "redis"),
        *(("KB_MAIL_URL", "mail.example.org"), ("KB_MAIL_URL", "http://mail.example.org")),
        *(("KB_MAIL_URL", "smtp://"), ("KB_MAIL_URL", "smtp://mail.example.org:port")),
        ("KB_MAIL_URL", "notify://api.notifications.service.gov.uk"),
        ("KB_MAIL_FROM", "Scrutiny Swap"),
        *(("KB_OIDC_ISSUER", "login.example.org"), ("KB_OIDC_ISSUER", "http://login.example.org")),
        *(("KB_OIDC_ISSUER", "https://"), ("KB_OIDC_ISSUER", "https://login.example.org?x=1")),
        ("KB_OIDC_ISSUER", "https://login.example.org"),
        ("KB_BASE_URL", "swap.example.org"),
        ("KB_BASE_URL", "https://swap.example.org:port"),
        ("KB_BASE_URL", "https://swap.example.org/path"),
        ("KB_BASE_URL", "https://[::1"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(name, value):
    with pytest.raises(WrongSetting, match=name) as error:
        Settings.from_environ({name: value})

    assert "\n" not in str(error.value)


def test_a_secret_is_made_once_and_kept_private(tmp_path):
    first = Settings(data_dir=tmp_path / "new").prepare()
    second = Settings(data_dir=tmp_path / "new").prepare()

    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert stat.S_IMODE((tmp_path / "new" / "secret").stat().st_mode) == 0o600


def test_a_data_folder_that_cannot_be_made_is_a_wrong_setting(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(WrongSetting, match="KB_DATA_DIR"):
        Settings(data_dir=tmp_path / "file" / "var").prepare()


def test_a_relative_data_folder_is_one_of_the_present_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    assert Settings.from_environ({"KB_DATA_DIR": "here"}).data_dir == Path(tmp_path / "here")


@pytest.mark.parametrize(
    ("host", "loops"),
    [("127.0.0.9", True), ("localhost", True), ("10.0.0.1", False), ("x", False)],
)
def test_it_knows_which_addresses_stay_on_this_machine(host, loops):
    assert is_loopback(host) is loops
