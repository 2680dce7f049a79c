"""Entry point: `python app.py`, `flask --app app run`, or any server with "app:create_app()"."""

from kb.factory import create_app

if __name__ == "__main__":
    create_app().cli(["serve"])
