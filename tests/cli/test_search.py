import pytest

from kb.search.engine import Query
from tests.factories import make_case_study


@pytest.fixture
def runner(app):
    return app.test_cli_runner()


def test_update_applies_what_waits(runner, runtime, session):
    make_case_study(session, title="Topic form")
    session.commit()

    first = runner.invoke(args=["search", "update"])
    again = runner.invoke(args=["search", "update"])

    assert first.output == "1 change applied.\n"
    assert again.output == "0 changes applied.\n"
    assert runtime.search.search(Query(text="topic")).total == 1


def test_rebuild_makes_the_index_again(runner, runtime, session):
    make_case_study(session, title="Topic form")
    session.commit()

    result = runner.invoke(args=["search", "rebuild"])

    assert result.output == "The index holds 1 document.\n"
    assert runtime.search.count() == 1


def test_check_leaves_a_sound_index_alone_and_mends_another(runner, runtime, session):
    make_case_study(session)
    session.commit()
    runner.invoke(args=["search", "update"])

    sound = runner.invoke(args=["search", "check"])
    runtime.search.replace(())
    mended = runner.invoke(args=["search", "check"])

    assert sound.output == "The index is sound.\n"
    assert mended.output == "The index was rebuilt.\n"
    assert runtime.search.count() == 1
