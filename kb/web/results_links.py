"""The addresses that a session hands to its room once it is over."""

from dataclasses import dataclass

from flask import url_for

from kb.training import attendance
from kb.training.models import TrainingSession
from kb.web.context import runtime


@dataclass(frozen=True)
class Links:
    """For one participant: the handout, a certificate, and the code that proves they came."""

    handout: str
    certificate: str
    code: str


def for_participant(training: TrainingSession, token: str) -> Links:
    """What the phone of whoever holds this token offers; give it only when it is closed."""
    secret = runtime().settings.secret_key
    view, code = view_token(training), attendance.code_for(training, token, secret=secret)
    return Links(
        handout=url_for("results.show", training_id=training.id, view=view),
        certificate=url_for("results.certificate", training_id=training.id, view=view, code=code),
        code=code,
    )


def for_room(training: TrainingSession) -> str:
    """The whole address of the room's handout, for the trainer to pass on."""
    path = url_for("results.show", training_id=training.id, view=view_token(training))
    return f"{runtime().settings.base_url}{path}"


def view_token(training: TrainingSession) -> str:
    return attendance.view_token(training, secret=runtime().settings.secret_key)
