from kb import indexing
from kb.config import Settings
from kb.db import migrate
from kb.factory import build_runtime, create_app
from kb.library import service as library


def test_migrate_makes_the_tables_of_a_new_database(tmp_path):
    runtime = build_runtime(Settings(data_dir=tmp_path, secret_key="long enough for a test"))

    result = create_app(runtime=runtime).test_cli_runner().invoke(args=["migrate"])

    assert result.output == f"The database is at version {migrate.newest()}.\n"
    with runtime.database.reading() as session:
        assert library.latest(session) == []
    runtime.database.close()


def test_seed_says_what_it_did_and_changes_nothing_the_second_time(app, runtime):
    runner = app.test_cli_runner()

    first = runner.invoke(args=["seed"])
    again = runner.invoke(args=["seed"])

    with runtime.database.reading() as session:
        held = indexing.wanted(session)
    assert held >= 200
    assert first.output == f"{held} new, 0 renewed, 0 kept as people changed them.\n"
    assert again.output == "0 new, 0 renewed, 0 kept as people changed them.\n"
