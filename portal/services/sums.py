"""Are the kept sums what counting the cases one by one finds? Looked at while everybody works on."""

from dataclasses import dataclass

from db.engine import Database
from db.queries import sums as stored
from db.queries.sums import Difference

MARKS_AT_ONCE = 200


@dataclass(frozen=True)
class Checked:
    """How many sums were looked at, which of them are wrong, and which cases are wrongly marked as late or not."""

    sums: int
    differences: list[Difference]
    wrongly_late: list[int]

    @property
    def is_exact(self) -> bool:
        return not self.differences and not self.wrongly_late

    def told(self) -> str:
        """What was found, for whoever had it mended."""
        if self.is_exact:
            return f"{self.sums} toplam sayıldı, hepsi doğru.\n{self.sums} sums were counted again: all are right."
        wrong, marks = len(self.differences), len(self.wrongly_late)
        return (
            f"{self.sums} toplam sayıldı; {wrong} yanlış toplam ve {marks} yanlış gecikme işareti düzeltildi.\n"
            f"{self.sums} sums were counted again: {wrong} wrong sums and {marks} wrong marks of lateness are mended."
        )


def check(db: Database) -> Checked:
    """Count everything by hand and compare it with the sums, all as it was at one moment; nothing is changed."""
    with db.snapshot() as tx:
        return Checked(stored.how_many(tx), stored.differences(tx), stored.wrongly_late(tx))


def mend(db: Database, found: Checked) -> None:
    """Set right what was found, such as after an older version went on writing beside a new one; nobody waits."""
    with db.transaction() as tx:
        stored.correct(tx, found.differences)
    for place in range(0, len(found.wrongly_late), MARKS_AT_ONCE):
        with db.transaction() as tx:
            stored.mark_again(tx, found.wrongly_late[place : place + MARKS_AT_ONCE])
