import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from kb.clock import utcnow
from kb.errors import NotFound
from kb.files.storage import SHELVES, Folder

TWO_DAYS = timedelta(days=2)


@pytest.fixture
def storage(tmp_path):
    return Folder(tmp_path / "files")


def read(storage, digest):
    with storage.open(digest) as file:
        return file.read()


def lying(storage, now):
    return [digest for number in range(SHELVES) for digest in storage.shelf(number, now=now)]


def test_what_is_put_is_found_by_the_hash_of_what_it_is(storage, tmp_path):
    digest = storage.put(b"Some bytes")

    assert digest == hashlib.sha256(b"Some bytes").hexdigest()
    assert read(storage, digest) == b"Some bytes"
    assert (tmp_path / "files" / digest[:2] / digest[2:4] / digest).is_file()


def test_the_same_bytes_lie_there_once(storage, tmp_path):
    assert storage.put(b"Same") == storage.put(b"Same")
    assert len([each for each in tmp_path.rglob("*") if each.is_file()]) == 2  # with the lock


def test_a_file_that_was_cut_short_is_written_again(storage, tmp_path):
    digest = storage.put(b"Whole")
    (tmp_path / "files" / digest[:2] / digest[2:4] / digest).write_bytes(b"Wh")

    storage.put(b"Whole")

    assert read(storage, digest) == b"Whole"


@pytest.mark.parametrize("name", ["", "../secret", "a" * 64, "A" * 64, "ab/../../../etc/passwd"])
def test_nothing_else_can_be_read(storage, name):
    with pytest.raises(NotFound):
        storage.open(name)


def test_what_was_put_lately_is_neither_seen_as_left_over_nor_thrown_away(storage):
    digest = storage.put(b"New")

    assert lying(storage, utcnow()) == []
    assert not storage.discard(digest, now=utcnow())
    assert read(storage, digest) == b"New"


def test_what_lies_there_long_can_be_thrown_away(storage):
    digest = storage.put(b"Old")
    later = utcnow() + TWO_DAYS

    assert lying(storage, later) == [digest]
    assert storage.discard(digest, now=later)
    assert not storage.discard(digest, now=later)
    with pytest.raises(NotFound):
        storage.open(digest)


def test_putting_something_old_again_makes_it_new(storage, tmp_path):
    digest = storage.put(b"Old")
    path = tmp_path / "files" / digest[:2] / digest[2:4] / digest
    os.utime(path, (0, 0))

    storage.put(b"Old")

    assert not storage.discard(digest, now=utcnow())


def test_drafts_that_a_crash_left_are_thrown_away_on_the_way(storage, tmp_path):
    digest = storage.put(b"Whole")
    draft = tmp_path / "files" / digest[:2] / digest[2:4] / "draft-xyz"
    draft.write_bytes(b"Ha")

    assert lying(storage, utcnow() + TWO_DAYS) == [digest]
    assert not draft.exists()


def test_many_at_once_do_not_disturb_each_other(storage):
    with ThreadPoolExecutor(8) as pool:
        digests = list(pool.map(storage.put, [b"%d" % (n % 5) * 1000 for n in range(60)]))

    assert len(set(digests)) == 5
    assert all(len(read(storage, digest)) == 1000 for digest in digests)
