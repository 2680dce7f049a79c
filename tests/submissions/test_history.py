from kb.submissions import history
from kb.submissions.models import Verdict
from tests.factories import NOW, make_case_study, make_user
from tests.submissions.sent import make_reviewer, make_sent


def test_decisions_are_remembered_newest_first_and_by_person(session):
    draft, reviewer = make_sent(session), make_reviewer(session)
    taken = history.record(session, Verdict.TAKEN, by=reviewer, draft=draft, now=NOW)
    study = make_case_study(session)
    renewed = history.record(session, Verdict.RENEWED, by=reviewer, resource=study, now=NOW)

    everything = history.latest(session)

    assert everything[:2] == [renewed, taken]
    assert renewed.resource_version == 1
    assert history.latest(session, by=make_user(session)) == []
    assert history.latest(session, by=reviewer, limit=1) == [renewed]
    assert history.latest(session, by=reviewer, before=renewed.id) == [taken]
    assert history.drafts_of(session, everything) == {draft.id: draft}
    assert history.resources_of(session, everything) == {study.id: study}
