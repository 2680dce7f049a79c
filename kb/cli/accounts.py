"""`flask accounts`: the first admin, and who may do what, from a shell on the machine."""

import click
from flask.cli import AppGroup

from kb.accounts import by_mail, roles, second_step, service
from kb.accounts.models import User
from kb.cli.context import plainly, runtime
from kb.clock import utcnow

accounts = AppGroup("accounts", help="Make admins and reviewers, list and close accounts.")


@accounts.command("create-admin")
@click.argument("email")
@click.option("--name", default="", help="What to call them.")
@plainly
def create_admin(email: str, name: str) -> None:
    """Make an admin and print a link to sign in with; nobody has a default password.

    For an admin who is one already, only a new link is made.
    """
    now, base_url = utcnow(), runtime().settings.base_url
    with runtime().database.transaction() as session:
        user = service.create_admin(session, email, name=name, now=now)
        address = by_mail.sign_in_address(session, user, base_url=base_url, now=now)
    click.echo(f"{user.email} is an admin. This link signs them in once, within 10 minutes:")
    click.echo(address)


@accounts.command("make-reviewer")
@click.argument("email")
@plainly
def make_reviewer(email: str) -> None:
    """Let somebody who has an account review what others share."""
    with runtime().database.transaction() as session:
        user = service.of_email(session, email)
        roles.make_reviewer(session, user, by=None, now=utcnow())
    click.echo(f"{user.email} is a reviewer now, and has to sign in again.")


@accounts.command("reset-second-step")
@click.argument("email")
@plainly
def reset_second_step(email: str) -> None:
    """Take off the second step of somebody who has lost their device."""
    base_url = runtime().settings.base_url
    with runtime().database.transaction() as session:
        user = service.of_email(session, email)
        second_step.reset(session, user, by=None, base_url=base_url, now=utcnow())
    click.echo(f"{user.email} needs no code any more, and has to sign in again.")


@accounts.command("list")
@plainly
def list_accounts() -> None:
    """Every account: address, state and what it may do."""
    with runtime().database.reading() as session:
        for user in service.everyone(session):
            click.echo("  ".join([user.email, user.state, *_roles(user)]))


@accounts.command("close")
@click.argument("email")
@plainly
def close(email: str) -> None:
    """Close an account for good: its address stays known, so that nobody comes back with it."""
    with runtime().database.transaction() as session:
        user = service.of_email(session, email)
        service.close(session, user, now=utcnow(), forget=False)
    click.echo(f"The account of {user.email} is closed. What was published keeps its credit.")


def _roles(user: User) -> list[str]:
    council = user.council.code if user.council and user.council_role else ""
    said = [f"{user.council_role} of {council}"] if council else []
    return [
        *said,
        *(["reviewer"] if user.is_reviewer else []),
        *(["admin"] if user.is_admin else []),
    ]
