"""Importing this compiles every route and every template, for the apps of this process."""

import tempfile
from pathlib import Path

from kb.config import Settings
from kb.factory import build_runtime
from tests.apps import create_app

with tempfile.TemporaryDirectory() as folder:
    _app = create_app(build_runtime(Settings(data_dir=Path(folder), secret_key="x" * 16)))
    for name in _app.jinja_env.list_templates(extensions=["html"]):
        _app.jinja_env.get_template(name)
