"""Are the kept sums what counting the cases one by one finds? Looked at while everybody works on."""

from dataclasses import dataclass

from sqlmodel import Session

from db.engine import Database
from db.queries import sums as stored
from db.queries.sums import Difference


@dataclass(frozen=True)
class Checked:
    """How many sums were looked at, which of them are wrong, and how many cases are wrongly marked as late."""

    sums: int
    differences: list[Difference]
    wrongly_late: int

    @property
    def is_exact(self) -> bool:
        return not self.differences and not self.wrongly_late


def check(db: Database) -> Checked:
    """Count everything by hand and compare it with the sums, all as it was at one moment; nothing is changed."""
    with db.snapshot() as tx:
        return Checked(stored.how_many(tx), stored.differences(tx), stored.wrongly_late(tx))


def mend(tx: Session) -> None:
    """Write the marks and the sums afresh, such as after an older version went on writing beside a new one."""
    stored.rebuild(tx)
