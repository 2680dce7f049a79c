"""Rules about the whole code base that no linter knows."""

import ast
from pathlib import Path

from kb.config import ROOT

SHARED_TEMPLATES = {"layouts", "components", "errors"}
LONGEST_FILE = 400
FOLDER_WIDE = {
    *("test_engines.py", "test_engines_text.py", "test_judged.py", "test_parity.py"),
    *("test_hostile.py", "test_hostile_servers.py", "test_hostile_identity.py"),
    *("test_ten_platforms.py", "test_copies_by_letter.py", "test_share_from.py"),
    "test_feeds_stories.py",
}


def test_every_page_says_who_may_see_it(app):
    silent = {name for name, view in app.view_functions.items() if not hasattr(view, "audience")}

    assert silent == set()


def test_template_folders_are_named_after_blueprints(app):
    folders = {path.name for path in (ROOT / "templates").iterdir() if path.is_dir()}

    assert folders - SHARED_TEMPLATES <= set(app.blueprints)


def test_tests_mirror_the_code():
    """tests/library/test_seed.py tests kb/library/seed.py, and so on."""
    here = Path(__file__).parent
    strays = []
    for test in here.rglob("test_*.py"):
        folder = test.relative_to(here).parent
        if folder.parts[:1] in {("browser",), ("services",)} or folder == Path("."):
            continue
        name = test.name.removeprefix("test_")
        if test.name not in FOLDER_WIDE and not (ROOT / "kb" / folder / name).exists():
            strays.append(str(test.relative_to(here)))

    assert strays == []


def test_no_module_is_too_long_to_read():
    long = [
        str(path.relative_to(ROOT))
        for path in [*(ROOT / "kb").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE
    ]

    assert long == []


def test_every_module_opens_with_one_sentence():
    silent = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "kb").rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert silent == []


def test_no_page_calls_another_host():
    calls = [
        f"{path.name}: {line.strip()}"
        for folder, pattern in (("templates", "*.html"), ("static/css", "*.css"))
        for path in (ROOT / folder).rglob(pattern)
        for line in path.read_text(encoding="utf-8").splitlines()
        if any(call in line for call in ('src="http', 'src="//', "url(http", "url(//", "@import"))
    ]

    assert calls == []
