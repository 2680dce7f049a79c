import base64
import hashlib
import hmac
import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwk

from kb.accounts.provider import KEPT, LEEWAY_S, Provider, ProviderDown, Refused
from tests.factories import NOW
from tests.services import identity

RETURN = "https://swap.example.org/sign-in/identity/return"
SECOND = int(NOW.timestamp())


@pytest.fixture
def liar():
    with identity.liar() as liar:
        yield liar


@pytest.fixture
def provider(liar):
    return make(liar)


def make(liar, **options):
    given = {"client_id": "scrutiny-swap", "client_secret": "a shared secret"}
    return Provider(issuer=liar.issuer, return_to=RETURN, **given | options)


def come_back(liar, provider, *, now=NOW, code="a code"):
    """Go there, and come back with the token that the liar makes of it."""
    _, journey = provider.start(now=now)
    liar.token = liar.token or liar.id_token(SECOND, journey.nonce)
    return provider.finish(journey, code, now=now)


def test_people_are_sent_away_with_all_that_makes_the_answer_theirs(liar, provider):
    address, journey = provider.start(now=NOW)

    said = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{liar.issuer}/authorize?")
    assert said == {
        "response_type": "code",
        "client_id": "scrutiny-swap",
        "redirect_uri": RETURN,
        "scope": "openid email profile",
        "state": journey.state,
        "nonce": journey.nonce,
        "code_challenge": create_s256_code_challenge(journey.verifier),
        "code_challenge_method": "S256",
    }
    assert journey.verifier not in address


def test_no_two_are_sent_away_alike(provider):
    (_, one), (_, other) = (provider.start(now=NOW) for _ in range(2))

    assert not {one.state, one.nonce, one.verifier} & {other.state, other.nonce, other.verifier}


def test_who_comes_back_is_who_the_token_says(liar, provider):
    liar.claims = {"name": "Siân Evans"}

    claims = come_back(liar, provider)

    assert claims.subject == f"{liar.issuer}|sian"
    assert (claims.email, claims.is_verified) == ("sian@bryn.gov.uk", True)
    assert claims.name == "Siân Evans"


def test_the_code_is_exchanged_with_its_verifier_and_return_address(liar, provider):
    come_back(liar, provider, code="the code")

    [form] = [form for path, form in liar.asked if path == "/token"]
    assert (form["code"], form["redirect_uri"]) == ("the code", RETURN)
    assert len(form["code_verifier"]) >= 43


@pytest.mark.parametrize("said", [None, False, "false", "no", 1, "1", ["true"], {}])
def test_an_address_is_only_verified_where_the_provider_says_so(liar, provider, said):
    liar.claims = {"email_verified": said}

    assert not come_back(liar, provider).is_verified


@pytest.mark.parametrize(
    "claims",
    [
        *({"iss": "https://evil.example"}, {"iss": None}, {"aud": "another"}, {"aud": None}),
        *({"aud": ["another"]}, {"aud": ["scrutiny-swap", "another"], "azp": "another"}),
        *({"nonce": "another"}, {"nonce": None}, {"nonce": ""}, {"sub": None}, {"sub": ""}),
        *({"sub": 7}, {"sub": "x" * 256}, {"exp": SECOND - LEEWAY_S - 1}, {"exp": None}),
        *({"iat": SECOND + 3600}, {"iat": None}, {"nbf": SECOND + 3600}),
        {"at_hash": "of another token"},
    ],
)
def test_a_token_that_is_not_about_this_sign_in_is_refused(liar, provider, claims):
    liar.claims = claims

    with pytest.raises(Refused):
        come_back(liar, provider)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", ""])
def test_a_token_without_a_signature_is_refused(liar, provider, algorithm):
    liar.forge = lambda said: unsigned({"alg": algorithm}, said) + "."

    with pytest.raises(Refused):
        come_back(liar, provider)


@pytest.mark.parametrize("key", ["a shared secret", "the provider’s public key"])
def test_a_token_signed_with_what_others_know_is_refused(liar, provider, key):
    public = liar.own_key.as_pem(private=False)
    secret = b"a shared secret" if key == "a shared secret" else public
    liar.forge = lambda said: shared({"alg": "HS256", "kid": "own"}, said, secret)

    with pytest.raises(Refused):
        come_back(liar, provider)


def test_a_token_of_another_key_is_refused(liar, provider):
    liar.key = jwk.RSAKey.generate_key(2048, {"kid": "own"})

    with pytest.raises(Refused):
        come_back(liar, provider)


def test_a_token_does_not_bring_its_own_key(liar, provider):
    other = jwk.RSAKey.generate_key(2048, {"kid": "other"})
    liar.key = other
    liar.header = {"jwk": other.as_dict(private=False), "jku": f"{liar.issuer}/other"}

    with pytest.raises(Refused):
        come_back(liar, provider)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "." * 10, "é", 7, {"a": 1}])
def test_what_is_no_token_is_refused(liar, provider, token):
    liar.answers["/token"] = 200, {"access_token": "x", "token_type": "Bearer", "id_token": token}

    with pytest.raises(Refused):
        come_back(liar, provider)


@pytest.mark.parametrize(
    "answer",
    [
        (400, {"error": "invalid_grant", "error_description": "<b>expired</b>"}),
        (200, {"access_token": "x", "token_type": "Bearer"}),
        (200, {}),
    ],
)
def test_a_code_that_it_does_not_take_is_refused(liar, provider, answer):
    liar.answers["/token"] = answer

    with pytest.raises(Refused):
        come_back(liar, provider)


@pytest.mark.parametrize(
    "path", ["/.well-known/openid-configuration", "/token", "/keys", "/userinfo"]
)
@pytest.mark.parametrize(
    "answer", [None, "silence", (500, {}), (200, "<html>"), (200, "[1]"), (200, '"x"')]
)
def test_a_provider_that_is_down_slow_or_broken_is_said_to_be(liar, path, answer):
    liar.claims = {"email": None}
    liar.answers[path] = answer

    with pytest.raises(ProviderDown):
        come_back(liar, make(liar, time_limit_s=0.2))


def test_a_provider_that_is_not_there_is_said_to_be(liar, provider):
    with identity.liar() as gone:
        provider = make(gone)

    with pytest.raises(ProviderDown):
        provider.start(now=NOW)


@pytest.mark.parametrize(
    "document",
    [
        *({"issuer": "https://evil.example"}, {"issuer": None}, {"token_endpoint": None}),
        *({"jwks_uri": "file:///etc/passwd"}, {"authorization_endpoint": "javascript:alert(1)"}),
    ],
)
def test_a_document_that_cannot_be_right_is_not_used(liar, provider, document):
    liar.document = document

    with pytest.raises(ProviderDown):
        provider.start(now=NOW)


def test_the_document_is_asked_for_once_an_hour(liar, provider):
    for now in (NOW, NOW, NOW + KEPT):
        provider.start(now=now)

    assert len(liar.asked) == 2


def test_keys_that_it_changed_are_known_at_once(liar, provider):
    come_back(liar, provider)
    liar.token, liar.own_key = None, jwk.RSAKey.generate_key(2048, {"kid": "own"})
    liar.key = liar.own_key

    assert come_back(liar, provider).email


def test_who_says_the_address_only_when_asked_is_asked(liar, provider):
    liar.claims = {"email": None, "email_verified": None}
    liar.userinfo = {"sub": "sian", "email": "sian@bryn.gov.uk", "email_verified": True}

    assert come_back(liar, provider).is_verified


def test_what_it_says_of_another_person_is_not_believed(liar, provider):
    liar.claims = {"email": None, "email_verified": None}
    liar.userinfo = {"sub": "tomos", "email": "tomos@bryn.gov.uk", "email_verified": True}

    assert come_back(liar, provider).email == ""


def test_a_verified_mark_does_not_move_to_another_address(liar, provider):
    liar.claims = {"email_verified": None}
    liar.userinfo = {"sub": "sian", "email": "other@bryn.gov.uk", "email_verified": True}

    assert not come_back(liar, provider).is_verified


def test_it_authenticates_as_the_provider_wants(liar, provider):
    liar.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}

    come_back(liar, provider)

    [form] = [form for path, form in liar.asked if path == "/token"]
    assert form["client_secret"] == "a shared secret"


def test_another_journey_s_verifier_is_of_no_use_to_an_honest_provider():
    with identity.provider() as honest:
        honest.knows("sian", email="sian@bryn.gov.uk")
        provider = make(honest)
        address, journey = provider.start(now=NOW)
        back = honest.let_in(address, "sian")
        code = parse_qs(urlsplit(back).query)["code"][0]

        with pytest.raises(Refused):
            provider.finish(replace(journey, verifier="x" * 64), code, now=NOW)


def unsigned(*parts):
    return ".".join(encoded(json.dumps(part).encode()) for part in parts)


def shared(header, said, secret):
    """Signed with a shared secret; no library does that with a public key."""
    text = unsigned(header, said)
    return f"{text}.{encoded(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"


def encoded(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
