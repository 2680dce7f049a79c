import shutil

from sqlalchemy import text


def test_a_running_process_is_alive(browser):
    response = browser.response("/healthz")

    assert response.json == {"status": "ok"}
    assert response.headers["Cache-Control"] == "no-store"


def test_a_process_is_alive_without_its_database(runtime, browser):
    drop_everything(runtime)

    assert browser.response("/healthz").status_code == 200


def test_a_site_with_database_and_index_is_ready(browser):
    response = browser.response("/readyz")

    assert response.status_code == 200
    assert response.json == {"status": "ready", "database": "ok", "index": "ok"}
    assert response.headers["Cache-Control"] == "no-store"


def test_a_site_is_ready_while_its_index_is_rebuilt(runtime, browser):
    shutil.rmtree(runtime.settings.index_dir)

    response = browser.response("/readyz")

    assert response.status_code == 200
    assert response.json["index"] == "rebuilding"


def test_a_site_is_not_ready_without_the_newest_migration(runtime, browser):
    with runtime.database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))

    response = browser.response("/readyz")

    assert response.status_code == 503
    assert response.json["database"] == "not migrated"


def test_a_site_is_not_ready_without_its_database(runtime, browser):
    drop_everything(runtime)

    response = browser.response("/readyz")

    assert response.status_code == 503
    assert response.json["database"] == "does not answer"


def test_health_can_only_be_read(browser):
    assert browser.client.post("/healthz").status_code == 405
    assert browser.client.post("/readyz").status_code == 405


def drop_everything(runtime):
    with runtime.database.transaction(quietly=True) as session:
        session.execute(text("DROP TABLE alembic_version"))
