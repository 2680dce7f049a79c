"""The words of the letters about accounts.

Nothing that a stranger typed stands in a letter to somebody else: no name, no message.
"""

Letter = tuple[str, str]  # subject and text
NOT_YOU = "If you did not ask for this, do nothing: nothing happens without you."


def confirm(*, base_url: str, code: str) -> Letter:
    return "Confirm your email address", _letter(
        "Somebody, probably you, wants to share and copy scrutiny practice with this address.",
        "Open this link and press the button to confirm the address. It works once, for 24 hours.",
        f"{base_url}/sign-up/confirmation?code={code}",
        NOT_YOU,
    )


def have_account(*, base_url: str, code: str) -> Letter:
    """To who signs up a second time; looks the same from outside."""
    return "You already have an account", _letter(
        "Somebody, probably you, wants to sign up with this address. It has an account already.",
        "You can sign in with this link. It works once, for 10 minutes.",
        f"{base_url}/sign-in/arrival?code={code}",
        f"When that has run out, ask for a new one at {base_url}/sign-in",
        NOT_YOU,
    )


def was_closed(*, base_url: str) -> Letter:
    return "The account with this address is closed", _letter(
        "Somebody, probably you, wants to use this address here. Its account was closed.",
        f"If you think that this is wrong, write to the people who run the site: {base_url}",
        NOT_YOU,
    )


def sign_in(*, base_url: str, code: str) -> Letter:
    return "Your link to sign in", _letter(
        "Open this link and press the button to sign in. It works once, for 10 minutes.",
        f"{base_url}/sign-in/arrival?code={code}",
        "Or paste this code into the page where you asked for it, in any browser:",
        code,
        NOT_YOU + " Never pass this link or code on.",
    )


def reset(*, base_url: str, code: str) -> Letter:
    return "Choose a new password", _letter(
        "Open this link to choose a new password. It works once, for 30 minutes.",
        f"{base_url}/sign-in/password?code={code}",
        NOT_YOU + " Your password stays as it is.",
    )


def no_account(*, base_url: str) -> Letter:
    """To who asks for a link without having an account; looks the same from outside."""
    return "There is no account with this address", _letter(
        "Somebody, probably you, wants to sign in with this address. It has no account here.",
        f"You may have used another address. Or sign up: {base_url}/sign-up",
        NOT_YOU,
    )


def password_changed(*, base_url: str) -> Letter:
    return "Your password was changed", _letter(
        "The password of your account was changed, and you were signed out everywhere else.",
        f"If that was not you, choose a new one now: {base_url}/sign-in/reset",
    )


def accepted(*, base_url: str, council: str) -> Letter:
    return "You can share and copy practice now", _letter(
        f"An admin has looked at your account. You can write for {council} now.",
        f"Start here: {base_url}/share",
    )


def second_step_on(*, base_url: str) -> Letter:
    return "Your account asks for a code now", _letter(
        "A second step was set up for your account: from now on, signing in needs a code from "
        "your app, too. You were signed out everywhere else.",
        f"If that was not you, write to the people who run the site at once: {base_url}",
    )


def second_step_off(*, base_url: str) -> Letter:
    return "Your account asks for no code any more", _letter(
        "The second step of your account was taken off: signing in needs no code any more.",
        f"You can set it up again: {base_url}/account/second-step",
        "If you did not want this, choose a new password now, and write to the people who "
        f"run the site: {base_url}/sign-in/reset",
    )


def rights(*, base_url: str, may: list[str]) -> Letter:
    """What somebody may do from here on, each in words that go on after "You"."""
    return "What you can do here has changed", _letter(
        "An admin has changed what you can do on the site.",
        "\n".join(f"- You {each}." for each in may)
        or "You can read, search, print and plan, as everybody can.",
        f"Your account: {base_url}/account",
    )


def closed(*, base_url: str) -> Letter:
    return "Your account was closed", _letter(
        "An admin has closed your account. What you have published stays, with its credit.",
        f"If you think that this is wrong, write to the people who run the site: {base_url}",
    )


def _letter(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs) + "\n"
