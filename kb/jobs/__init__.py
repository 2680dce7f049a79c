"""Work that nobody waits for. Each job is a loop with one transaction per item."""

from kb.jobs.index import Readiness, mend_index, readiness, rebuild_index, update_index
from kb.jobs.refreshing import RefreshReport, refresh_sources
from kb.jobs.seeding import SEED_DATA, load_seed_data, load_seed_data_once

__all__ = [
    "SEED_DATA",
    "Readiness",
    "RefreshReport",
    "load_seed_data",
    "load_seed_data_once",
    "mend_index",
    "readiness",
    "rebuild_index",
    "refresh_sources",
    "update_index",
]
