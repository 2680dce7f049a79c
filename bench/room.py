"""A room full of phones: `python -m bench.room [--people 500 2000] [--kills 4]`.

Starts the real site on the loopback with data of its own, opens a session in it as a trainer
would, and lets phones in another process join, ask and answer (bench/room_phones.py). At the
end every acknowledged answer is looked for in the database; ends with 1 if one is missing,
there twice, or not what was acknowledged. Prints tables in Markdown.
"""

import argparse
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bench import tables
from bench.room_phones import Options
from bench.room_site import Site
from kb.accounts import tokens
from kb.clock import utcnow
from kb.config import Settings
from kb.db.database import Database
from kb.training import rounds, sessions
from kb.training.models import Answer, Participant, Round, TrainingSession
from kb.training.types import Block, Option, RoundKind

RESPAWN_S = 7.0  # a web process that ends again sooner than 5.5 s ends the site, and should
PATIENCE_S = 60.0
KINDS = (RoundKind.ONE, RoundKind.SCALE, RoundKind.BARRIERS, RoundKind.ONE)
CHOICES = ("yes", "no", "perhaps", "later")
SHOWN = {
    "join": "join",
    "poll": "poll",
    "part": "the page's part",
    "vote": "vote",
    "reading": "reading pages",
    "healthz": "/healthz",
    "late": "a clock of the phones' own, late by",
}
Found = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One run: a room of `people`, who join within `join_s` and answer `rounds` questions."""

    people: int
    rounds: int = 4
    kills: int = 0
    join_s: float = 10.0
    think_s: tuple[float, float] = (1.0, 6.0)
    readers: int = 3
    seed: int = 1


class Phones:
    """The process that plays them; what it says is read as it comes."""

    def __init__(self, port: int, code: str, plan: Plan) -> None:
        options = Options(
            people=plan.people,
            join_s=plan.join_s,
            think_s=plan.think_s,
            readers=plan.readers,
            seed=plan.seed,
        )
        command = [sys.executable, "-m", "bench.room_phones", str(port), code]
        self._process = subprocess.Popen(
            [*command, json.dumps(asdict(options))], stdout=subprocess.PIPE, text=True
        )
        self._said: queue.Queue[Found | None] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def wait_for(self, name: str, value: object = None) -> Found:
        """What they say of it; exits if they end or say nothing of it for too long."""
        deadline = time.monotonic() + PATIENCE_S
        while (left := deadline - time.monotonic()) > 0:
            try:
                said = self._said.get(timeout=left)
            except queue.Empty:
                break
            if said is None:
                sys.exit("The phones have ended by themselves.")
            if name in said and value in (None, said[name]):
                return said
        return {}

    def end(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.put(json.loads(line))
        self._said.put(None)


class Trainer:
    """Runs the session by way of the domain, in the site's own database."""

    def __init__(self, database: Database, plan: Plan) -> None:
        self._database = database
        self._blocks = [_block(number) for number in range(plan.rounds)]
        now = utcnow()
        with database.transaction(quietly=True) as session:
            training, _ = sessions.prepare(
                session, title="A full room", blocks=self._blocks, starts_at=now, now=now
            )
            sessions.open_room(session, training, now=now)
            self._id, self.code = training.id, training.code

    def ask(self, number: int) -> int:
        """Go to this question and open it; the answer is the id of the round."""
        with self._database.transaction(quietly=True) as session:
            training = session.get_one(TrainingSession, self._id)
            sessions.go_to(session, training, number, now=utcnow())
            round_ = rounds.of_block(session, training, self._blocks[number].key)[0]
            rounds.open_round(session, round_, now=utcnow())
            return round_.id

    def end_round(self, round_id: int) -> None:
        with self._database.transaction(quietly=True) as session:
            round_ = session.get_one(Round, round_id)
            rounds.close_round(session, round_, now=utcnow())
            rounds.show(session, round_)

    def end(self) -> None:
        with self._database.transaction(quietly=True) as session:
            training = session.get_one(TrainingSession, self._id)
            sessions.close(session, training, now=utcnow())

    def check(self, acknowledged: dict[str, dict[str, list[str]]]) -> Found:
        """Compare what phones were told was kept with what is kept."""
        with self._database.reading() as session:
            rows = session.execute(
                select(Participant.token_hash, Answer.round_id, Answer.chosen)
                .join(Answer, Answer.participant_id == Participant.id)
                .where(Participant.session_id == self._id)
            ).all()
        stored = {(token, str(round_id)): chosen for token, round_id, chosen in rows}
        times = Counter((token, str(round_id)) for token, round_id, _ in rows)
        told = {
            (tokens.hash_of(token), round_id): chosen
            for token, answers in acknowledged.items()
            for round_id, chosen in answers.items()
        }
        return {
            "acknowledged": len(told),
            "stored": len(rows),
            "missing": sum(key not in stored for key in told),
            "different": sum(key in stored and stored[key] != told[key] for key in told),
            "twice": sum(count > 1 for count in times.values()),
            "stored_unasked": len(set(stored) - set(told)),
        }


def run(plan: Plan, data_dir: Path) -> Found:
    """One whole session; what it took, and what became of every answer."""
    with _running(data_dir) as site, _database(data_dir) as database:
        trainer = Trainer(database, plan)
        before, started = site.cpu_s(), time.perf_counter()
        phones = Phones(site.port, trainer.code, plan)
        try:
            found = _session(site, trainer, phones, plan)
        finally:
            phones.end()
        found["wall_s"] = time.perf_counter() - started
        found["site_cpu_s"] = site.cpu_s() - before
        found["memory_mb"] = site.memory_mb()
        return found | trainer.check(found.pop("acknowledged"))


def is_whole(found: Found) -> bool:
    """Is every acknowledged answer there, once, and as it was acknowledged?"""
    is_kept = not (found["missing"] or found["different"] or found["twice"])
    return is_kept and not found["stored_unasked"] and not found["wrong"]


def _session(site: Site, trainer: Trainer, phones: Phones, plan: Plan) -> Found:
    joined = phones.wait_for("joined")
    killed, last_kill = 0, 0.0
    for number in range(plan.rounds):
        round_id = trainer.ask(number)
        if number < plan.kills:
            time.sleep(max(sum(plan.think_s) / 2, last_kill + RESPAWN_S - time.monotonic()))
            killed += site.kill_web()
            last_kill = time.monotonic()
        phones.wait_for("round", str(round_id))
        trainer.end_round(round_id)
    trainer.end()
    found = phones.wait_for("done") or sys.exit("The phones never came to an end.")
    return found | {"killed": killed, "joined_within_s": joined.get("within_s", 0.0)}


def _block(number: int) -> Block:
    options = tuple(Option(key=key, label=key.capitalize()) for key in CHOICES)
    kind = KINDS[number % len(KINDS)]
    if kind is RoundKind.SCALE:
        options = tuple(Option(key=str(n), label=str(n)) for n in range(1, 6))
    return Block(
        key=f"b{number}",
        title=f"Question {number + 1}",
        minutes=5,
        round=kind,
        question="What would you do next?",
        options=options,
    )


@contextmanager
def _running(data_dir: Path) -> Iterator[Site]:
    site = Site(data_dir)
    try:
        site.wait_until_ready()
        yield site
    finally:
        site.stop()


@contextmanager
def _database(data_dir: Path) -> Iterator[Database]:
    database = Database(Settings(data_dir=data_dir).database_url)
    try:
        yield database
    finally:
        database.close()


def table(founds: list[Found]) -> str:
    lines = []
    for found in founds:
        lines += ["", _headline(found), "", *_times(found), "", *_facts(found)]
    return "\n".join(lines)


def _headline(found: Found) -> str:
    kills = f", the web processes killed {found['plan'].kills} times" if found["killed"] else ""
    return f"### {found['plan'].people:,} people, {found['plan'].rounds} rounds{kills}"


def _times(found: Found) -> list[str]:
    rows = []
    for kind, name in SHOWN.items():
        times = sorted(found["times"].get(kind, []))
        if times:
            figures = (0.5, 0.95, 0.99, 1.0)
            at = [times[min(len(times) - 1, int(len(times) * share))] for share in figures]
            rows.append([name, f"{len(times):,}", *(f"{one:.0f}" for one in at)])
    return tables.table(["ms", "times", "p50", "p95", "p99", "longest"], rows)


def _facts(found: Found) -> list[str]:
    requests = sum(len(times) for kind, times in found["times"].items() if kind != "late")
    facts = [
        ("all joined within, s", f"{found['joined_within_s']:.1f}"),
        ("answers acknowledged / stored", f"{found['acknowledged']:,} / {found['stored']:,}"),
        *(
            (f"{name}, of acknowledged ones", str(found[name]))
            for name in ("missing", "different", "twice")
        ),
        ("cut off or too late, and sent again", _listed(found["again"])),
        ("wrong answers", _listed(found["wrong"])),
        ("requests a second", f"{requests / found['wall_s']:.0f}"),
        ("the site's CPU, share of two cores", _share(found["site_cpu_s"], found)),
        ("the phones' own CPU, share of two cores", _share(found["cpu_s"], found)),
        ("the site's CPU for each request, ms", f"{found['site_cpu_s'] * 1000 / requests:.2f}"),
        ("memory of a web process, MB", f"{found['memory_mb']:.0f}"),
        ("load of the machine", f"{os.getloadavg()[0]:.1f}"),
    ]
    return tables.table(["", ""], [list(fact) for fact in facts])


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"


def _share(cpu_s: float, found: Found) -> str:
    return f"{cpu_s / found['wall_s'] / 2:.0%}"


def _plans(arguments: argparse.Namespace) -> list[Plan]:
    plans = []
    for people in arguments.people:
        many = people > 1_000
        plan = Plan(
            people=people,
            rounds=arguments.rounds,
            join_s=40.0 if many else 10.0,
            think_s=(1.0, 15.0) if many else (1.0, 6.0),
            readers=arguments.readers,
        )
        plans.append(plan)
    if arguments.kills:
        plans.append(replace(plans[0], kills=arguments.kills))
    return plans


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.room", description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[500, 2_000])
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--readers", type=int, default=3, help="who browse pages meanwhile")
    parser.add_argument(
        "--kills", type=int, default=4, help="in a run of its own, as many as the first"
    )
    founds = []
    for plan in _plans(parser.parse_args()):
        with tempfile.TemporaryDirectory() as folder:
            found = run(plan, Path(folder)) | {"plan": plan}
        print(table([found]), flush=True)
        founds.append(found)
    if not all(is_whole(found) for found in founds):
        sys.exit("An answer was lost or changed, or something went wrong: see above.")


if __name__ == "__main__":
    main()
