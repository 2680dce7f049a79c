"""Work that nobody waits for. Each job is a loop with one transaction per item."""

from kb.jobs.accounts import tidy_accounts
from kb.jobs.copying import ask_copiers, remind_copiers, tell_copiers, tell_of_reports
from kb.jobs.files import read_files, tidy_files
from kb.jobs.index import Readiness, mend_index, readiness, rebuild_index, update_index
from kb.jobs.mailing import deliver_letters, tidy_letters
from kb.jobs.questions import look_after_questions
from kb.jobs.refreshing import RefreshReport, refresh_sources
from kb.jobs.regular import Job
from kb.jobs.seeding import SEED_DATA, load_seed_data, load_seed_data_once
from kb.jobs.training import forget_addresses, remind_people, tidy_training, write_up_sessions
from kb.jobs.upkeep import look_after_pages
from kb.jobs.waiting import tell_who_decides

# Run again and again by the worker, each with (runtime, now=...); see kb.jobs.regular.
REGULAR: tuple[Job, ...] = (
    tidy_letters,
    tidy_accounts,
    ask_copiers,
    tell_copiers,
    tell_of_reports,
    remind_copiers,
    tell_who_decides,
    look_after_pages,
    look_after_questions,
    read_files,
    tidy_files,
    remind_people,
    forget_addresses,
    write_up_sessions,
    tidy_training,
)

__all__ = [
    "REGULAR",
    "SEED_DATA",
    "Job",
    "Readiness",
    "RefreshReport",
    "ask_copiers",
    "deliver_letters",
    "forget_addresses",
    "load_seed_data",
    "load_seed_data_once",
    "look_after_pages",
    "look_after_questions",
    "mend_index",
    "read_files",
    "readiness",
    "rebuild_index",
    "refresh_sources",
    "remind_copiers",
    "remind_people",
    "tell_copiers",
    "tell_of_reports",
    "tell_who_decides",
    "tidy_accounts",
    "tidy_files",
    "tidy_letters",
    "tidy_training",
    "update_index",
    "write_up_sessions",
]
