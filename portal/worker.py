"""The loop beside the pages: delivers what is queued, counts dates anew, escalates what is late, tidies up."""

import queue
import signal
from contextlib import closing
from datetime import datetime, timedelta
from types import FrameType

import structlog

from db.engine import Database
from db.queries import health
from portal import channels, clock, logs, systemd
from portal.channels import Sender
from portal.services import calendars, delivery, escalation, housekeeping, recount, staff_letters
from portal.services.townbook import TownBook
from portal.settings import Settings

LOOKS_EVERY = 2
# After repeated failures a round a minute, about.
MOST_DOUBLINGS = 5
TIDIES_EVERY = timedelta(minutes=10)
ESCALATES_EVERY = timedelta(minutes=1)
BEATS_EVERY = timedelta(seconds=20)

log = structlog.get_logger()


def run(settings: Settings) -> None:
    """Works until SIGTERM or Ctrl-C; the letter in hand is finished first."""
    logs.prepare()
    stop = Stop()
    stop.listen()
    with closing(Database(settings.database_url)) as db:
        log.info("worker started", has_mail_server=settings.smtp_url is not None)
        systemd.tell("READY=1")
        Rounds(settings, db, stop).go()
        systemd.tell("STOPPING=1")
        log.info("worker stopped")


class Stop:
    """Whether this process was told to stop."""

    def __init__(self) -> None:
        # An Event's lock could be held by the very code a signal interrupts; a SimpleQueue may be filled at any time.
        self._told: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._is_told = False

    def listen(self) -> None:
        """From here on the signals that end a process ask it instead."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.ask)

    def ask(self, number: int = 0, _frame: FrameType | None = None) -> None:
        """Tell the process to stop."""
        self._told.put(number)

    def within(self, seconds: float) -> bool:
        """Waits at most so long for the word to stop."""
        if not self._is_told:
            try:
                self._told.get(timeout=seconds)
            except queue.Empty:
                return False
            self._is_told = True
        return True


class Rounds:
    """One round after the other; one that fails is logged, and the next comes a little later."""

    def __init__(self, settings: Settings, db: Database, stop: Stop) -> None:
        self._settings = settings
        self._db = db
        self._stop = stop
        self._book = TownBook(db)
        self._senders = channels.senders(settings)
        self._beat_at: datetime | None = None
        self._tidied_at: datetime | None = None
        self._escalated_at: datetime | None = None

    def go(self) -> None:
        """Rounds until told to stop."""
        failures, wait = 0, 0
        while not self._stop.within(wait):
            try:
                self._round()
                failures = 0
            except Exception as no:  # noqa: BLE001
                # The kind alone: the words of a database error hold the values of the row.
                failures += 1
                log.error("round failed", why=logs.kind(no), where=logs.places(no), failures=failures)
            wait = LOOKS_EVERY * 2 ** min(failures, MOST_DOUBLINGS)

    def _round(self) -> None:
        self._deliver()
        self._tidy(clock.now())
        # Batch by batch: letters go on leaving while twenty thousand dates are counted anew.
        while not self._stop.within(0) and self._recount(clock.now()):
            self._deliver()
        self._escalate(clock.now())

    def _deliver(self) -> None:
        for sender in self._senders:
            # One at a time, each with its own moment: a slow server must not make us miss the word to stop.
            while self._deliver_one(sender) and not self._stop.within(0):
                pass

            while sender.channel == "email" and self._deliver_to_staff(sender) and not self._stop.within(0):
                pass

    def _deliver_to_staff(self, sender: Sender) -> bool:
        now, settings = clock.now(), self._settings
        town = self._book.town(now=now)
        return staff_letters.deliver_one(
            self._db, sender, secret=settings.secret, base_url=settings.base_url, town=town, now=now
        )

    def _recount(self, now: datetime) -> int:
        with self._db.reading() as tx:
            # On SQLite even a transaction that writes nothing keeps everybody else from writing.
            if not recount.is_due(tx):
                return 0
        with self._db.transaction() as tx:
            return recount.step(tx, now=now)

    def _deliver_one(self, sender: Sender) -> bool:
        now, settings = clock.now(), self._settings
        self._beat(now)
        return bool(
            delivery.deliver_due(
                self._db,
                sender,
                secret=settings.secret,
                base_url=settings.base_url,
                town=self._book.town(now=now),
                now=now,
                limit=1,
            )
        )

    def _beat(self, now: datetime) -> None:
        """Leave a trace, with every letter rather than every round: a storm's round takes an hour."""
        if self._beat_at is None or now - self._beat_at >= BEATS_EVERY:
            with self._db.transaction() as tx:
                health.beat(tx, health.WORKER, now=now)
            self._beat_at = now

    def _escalate(self, now: datetime) -> None:
        if self._escalated_at is None or now - self._escalated_at >= ESCALATES_EVERY:
            town = self._book.town(now=now)
            escalation.escalate(self._db, town=town, now=now, goes_on=lambda: not self._stop.within(0))
            self._escalated_at = now

    def _tidy(self, now: datetime) -> None:
        if self._tidied_at is None or now - self._tidied_at >= TIDIES_EVERY:
            housekeeping.tidy(self._db, self._settings.data_dir, now=now)
            with self._db.transaction() as tx:
                # A release that knows a corrected holiday makes a new calendar.
                calendars.ensure(tx, now=now)
            self._tidied_at = now
