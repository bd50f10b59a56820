"""Who asks is found at once for all who ask together, and for each as if they had asked alone."""

import asyncio

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from db.engine import Database
from portal import clock
from portal.routes._looks import Looks
from portal.services import accounts
from portal.services.accounts import SignedIn, Visitor
from tests.cast import PASSWORD, SECRET, City

MANY = 40


def tokens_of(city: City, clerk: SignedIn, count: int) -> list[str]:
    now, visitor = clock.now(), Visitor()
    signing = [accounts.sign_in(city.db, clerk.email, PASSWORD, visitor=visitor, secret=SECRET, now=now)]
    signing += [
        accounts.sign_in(city.db, clerk.email, PASSWORD, visitor=visitor, secret=SECRET, now=now)
        for _ in range(count - 1)
    ]
    return [each.token for each in signing]


def found(db: Database, tokens: list[str]) -> list[SignedIn | None]:
    async def ask() -> list[SignedIn | None]:
        looks = Looks(db)
        return await asyncio.gather(*(looks.who(each) for each in tokens))

    return asyncio.run(ask())


def test_each_of_many_is_found_as_themselves(city: City):
    kemal, nur = tokens_of(city, city.kemal, 2), tokens_of(city, city.nur, 2)
    strangers = [f"stranger-{each}" for each in range(MANY)]
    asking = [kemal[0], *strangers, nur[0], kemal[1], nur[1], kemal[0]]

    names = [each and each.name for each in found(city.db, asking)]

    assert names == ["Kemal Şahin", *[None] * MANY, "Nur Aydın", "Kemal Şahin", "Nur Aydın", "Kemal Şahin"]


def test_together_they_are_told_what_each_is_told_alone(city: City):
    city.report()
    tokens = tokens_of(city, city.kemal, 1) + tokens_of(city, city.nur, 1) + tokens_of(city, city.hasan, 1)

    together = accounts.who_are(city.db, tokens, now=clock.now())

    for token in tokens:
        alone = accounts.who(city.db, token, now=clock.now())
        assert alone is not None
        assert (together[token], together[token].lists_at) == (alone, alone.lists_at)


def test_whoever_goes_away_while_asking_takes_nobody_along(city: City):
    [token] = tokens_of(city, city.kemal, 1)

    async def ask() -> SignedIn | None:
        looks = Looks(city.db)
        leaving, staying = (asyncio.create_task(looks.who(token)) for _ in range(2))
        await asyncio.sleep(0)
        leaving.cancel()
        return await staying

    clerk = asyncio.run(ask())
    assert clerk is not None
    assert clerk.name == "Kemal Şahin"


def test_everybody_is_told_when_the_database_is_away_and_the_next_one_is_asked_for_anew():
    async def ask() -> list[object]:
        looks = Looks(Database("postgresql+psycopg://nobody@127.0.0.1:9/nothing"))
        first = await asyncio.gather(*(looks.who(each) for each in "abc"), return_exceptions=True)
        return [*first, *await asyncio.gather(looks.who("d"), return_exceptions=True)]

    answers = asyncio.run(ask())
    assert [type(each) for each in answers] == [OperationalError] * 4


def test_a_connection_that_was_cut_meanwhile_is_made_anew(city: City):
    [token] = tokens_of(city, city.kemal, 1)
    assert accounts.who(city.db, token, now=clock.now())

    if city.db.dialect == "postgresql":
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
        with city.db.reading() as tx:
            tx.execute(text(f"{others} pg_backend_pid()"))
    else:
        city.db._at_hand[0].close()

    assert accounts.who(city.db, token, now=clock.now())
