from kb import jobs
from tests.factories import NOW


def test_seed_data_is_loaded_once_however_often(runtime):
    first = jobs.load_seed_data(runtime, now=NOW)
    second = jobs.load_seed_data(runtime, now=NOW)

    assert first.new > 200
    assert (second.new, second.renewed, second.kept) == (0, 0, 0)
