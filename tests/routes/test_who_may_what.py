"""Who may open which address: one row for each, one column for each kind of person, and whose things they ask for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from litestar.routes import HTTPRoute

from portal import statics
from tests.probe import Answer
from tests.world import ABSENT, MIRRORED, PARKS, PEOPLE, ROADS, World, facts, opened

COLUMNS = ("stranger", "operator", "clerk", "foreign clerk", "coordinator", "manager", "administrator")

# What somebody gets who opens the address with a road case, or fills in its form as the page would send it.
# 200: it is shown or done. 422: it is told why not. 404: for this person it is not there. 401: sign in first.
# "in": led to the sign-in page. A row of one word is for everybody.
# fmt: off
TABLE = {
    #                                       stranger operator clerk  foreign coord. manager admin.
    "GET /static/{path:path}":                  "200",
    "GET /saglik":                              "200",
    "GET /saglik/hazir":                        "200",
    # There is no such address for who does not know the token.
    "GET /olcum":                               "404",
    "GET /":                                    "200",
    "GET /aydinlatma":                          "200",
    "GET /erisilebilirlik":                     "200",
    "GET /giris":                               "200",
    "POST /giris":                              "422",
    # Without a password given before, or a letter's link, these lead back to the door or say that it is over.
    "GET /giris/kod":                           "in",
    "POST /giris/kod":                          "422",
    "GET /giris/iki-adim":                      "in",
    "POST /giris/iki-adim":                     "422",
    "GET /giris/parola":                        "200",
    "POST /giris/parola":                       "200",
    "GET /giris/parola/yeni":                   "422",
    "POST /giris/parola/yeni":                  "422",
    "GET /masa/hesap":                          "in       200      200    200     200    200     200",
    # Nobody changes anything without typing the password once more.
    "POST /masa/hesap/parola":                  "401      422      422    422     422    422     422",
    "GET /masa/hesap/iki-adim":                 "in       200      200    200     200    200     200",
    "POST /masa/hesap/iki-adim":                "401      422      422    422     422    422     422",
    "POST /masa/hesap/iki-adim/kapat":          "401      422      422    422     422    422     422",
    "POST /masa/hesap/kodlar":                  "401      422      422    422     422    422     422",
    # Somebody else's session.
    "POST /masa/hesap/oturum/{session:str}":    "401      404      404    404     404    404     404",
    "POST /masa/hesap/oturumlar":               "401      200      200    200     200    200     200",
    "GET /masa":                                "in       200      200    200     200    200     200",
    "GET /masa/kuyruk":                         "in       200      200    200     200    200     200",
    "GET /masa/basvuru/{ref:str}":              "in       200      200    404     200    200     200",
    "POST /masa/basvuru/{ref:str}/durum":       "401      422      200    404     200    200     200",
    "POST /masa/basvuru/{ref:str}/atama":       "401      422      200    404     200    200     200",
    "POST /masa/basvuru/{ref:str}/not":         "401      200      200    404     200    200     200",
    "POST /masa/basvuru/{ref:str}/yanit":       "401      422      200    404     200    200     200",
    "POST /masa/basvuru/{ref:str}/arama/{call:int}":
                                                "401      200      200    404     200    200     200",
    "GET /masa/basvuru/{ref:str}/sure":         "in       200      200    404     200    200     200",
    "GET /masa/basvuru/{ref:str}/alindi.pdf":   "in       200      200    404     200    200     200",
    "GET /masa/basvuru/{ref:str}/yazi":         "in       422      200    404     200    200     200",
    "GET /masa/basvuru/{ref:str}/yazi/{name:str}":
                                                "in       200      200    404     200    200     200",
    "POST /masa/basvuru/{ref:str}/yazi/onizleme":
                                                "401      422      200    404     200    200     200",
    # Nothing is sent that was not previewed.
    "POST /masa/basvuru/{ref:str}/yazi":        "401      422      422    404     422    422     422",
    # An application under a law, given to the road unit.
    "GET /masa/basvuru/{ref:str}/islem":        "in       422      200    404     200    200     200",
    "GET /masa/basvuru/{ref:str}/islem/{act:str}":
                                                "in       422      200    404     200    200     200",
    "POST /masa/basvuru/{ref:str}/islem/{act:str}":
                                                "401      422      200    404     200    200     200",
    "POST /masa/basvuru/{ref:str}/islem/{act:str}/taslak.pdf":
                                                "401      422      200    404     200    200     200",
    # Nobody may add a file that is not there.
    "POST /masa/basvuru/{ref:str}/belge":       "401      422      422    404     422    422     422",
    "GET /masa/basvuru/{ref:str}/cimer":        "in       200      200    404     200    200     200",
    # Without a number nothing is noted.
    "POST /masa/basvuru/{ref:str}/cimer":       "401      422      422    404     422    422     422",
    "GET /masa/kayit-defteri":                  "in       200      200    200     200    200     200",
    "GET /masa/rapor/birimler":                 "in       404      404    404     200    200     200",
    "GET /masa/rapor/birimler.csv":             "in       404      404    404     200    200     200",
    "GET /masa/rapor/bilgi-edinme":             "in       404      404    404     200    200     200",
    "GET /yonetim":                             "in       404      404    404     404    404     200",
    "GET /yonetim/takvim":                      "in       404      404    404     404    404     200",
    "POST /yonetim/takvim/onizleme":            "401      404      404    404     404    404     200",
    # Whoever publishes without having seen a preview is shown one.
    "POST /yonetim/takvim/uygula":              "401      404      404    404     404    404     422",
    "GET /yonetim/personel":                    "in       404      404    404     404    404     200",
    "POST /yonetim/personel/iki-adim":          "401      404      404    404     404    404     200",
    "GET /yonetim/personel/{colleague:int}":    "in       404      404    404     404    404     200",
    "POST /yonetim/personel/{colleague:int}/iki-adim":
                                                "401      404      404    404     404    404     200",
    "POST /yonetim/personel/{colleague:int}/oturumlar":
                                                "401      404      404    404     404    404     200",
    "POST /yonetim/personel/{colleague:int}/durum":
                                                "401      404      404    404     404    404     200",
    "GET /yonetim/sureler":                     "in       404      404    404     404    404     200",
    "POST /yonetim/sureler":                    "401      404      404    404     404    404     200",
    "POST /masa/basvuru/{ref:str}/imza":        "401      422      422    404     422    422     422",
    # A road case has no identity number to look at.
    "POST /masa/basvuru/{ref:str}/kimlik":      "401      404      404    404     404    404     404",
    "GET /masa/basvuru/{ref:str}/ek/{name:str}": "in      200      200    404     200    200     200",
    "GET /bildir":                              "200",
    "POST /bildir":                             "422",
    "POST /bildir/konu":                        "200",
    "GET /bildir/yer":                          "200",
    "POST /bildir/yer":                         "200",
    "GET /bildir/yer/bul":                      "200",
    "GET /bildir/foto":                         "200",
    "POST /bildir/foto":                        "200",
    "GET /bildir/sorular":                      "200",
    "POST /bildir/sorular":                     "200",
    "GET /bildir/kim":                          "200",
    "POST /bildir/kim":                         "200",
    "GET /bildir/ozet":                         "200",
    "POST /bildir/ozet":                        "422",
    "GET /bilgi-edinme":                        "200",
    "POST /bilgi-edinme":                       "422",
    "GET /dilekce":                             "200",
    "POST /dilekce":                            "422",
    "GET /kisisel-veri":                        "200",
    "POST /kisisel-veri":                       "422",
    "GET /alindi/{reference:str}":              "200",
    "GET /takip":                               "200",
    "GET /takip/{reference:str}":               "200",
    "GET /takip/{reference:str}/sure":          "200",
    # A colleague's sign-in opens nothing on a citizen's page.
    "POST /takip/{reference:str}/ac":           "422",
    "POST /takip/{reference:str}/bilgi":        "404",
    "GET /takip/{reference:str}/ek/{name:str}": "404",
    "POST /takip/{reference:str}/kapat":        "200",
    "GET /takip/{reference:str}/alindi.pdf":    "404",
    "GET /takip/{reference:str}/yazi/{name:str}":
                                                "404",
    "GET /foto/{name:str}":                     "404      200      200    404     200    200     200",
    "GET /foto/{name:str}/kucuk":               "404      200      200    404     200    200     200",
    # The last one, for it ends the sign-in.
    "POST /cikis":                              "in",
}
# fmt: on

FORMS: Mapping[str, Mapping[str, str]] = {
    "POST /masa/basvuru/{ref:str}/durum": {"to": "resolved", "reply": "Çukur kapatıldı."},
    "POST /masa/basvuru/{ref:str}/atama": {"department": "FEN"},
    "POST /masa/basvuru/{ref:str}/not": {"note": "Bakıldı."},
    "POST /masa/basvuru/{ref:str}/yanit": {"reply": "Ekibimiz yarın gelecek."},
    "POST /masa/basvuru/{ref:str}/arama/{call:int}": {"outcome": "Arandı, anlatıldı."},
    "POST /masa/basvuru/{ref:str}/yazi/onizleme": {"kind": "letter", "words": "Yol çalışması başlıyor."},
    "POST /masa/basvuru/{ref:str}/yazi": {"kind": "letter", "words": "Yol çalışması başlıyor."},
    "POST /masa/basvuru/{ref:str}/islem/{act:str}": {"reason": "other_unit", "words": "Kayıtlar bekleniyor."},
    "POST /masa/basvuru/{ref:str}/islem/{act:str}/taslak.pdf": {"reason": "other_unit", "words": "Bekleniyor."},
    "POST /yonetim/takvim/onizleme": {"what": "half", "half": "no"},
    "POST /yonetim/takvim/uygula": {"what": "half", "half": "no", "reason": "Hukuk görüşü"},
    "POST /masa/basvuru/{ref:str}/kimlik": {"reason": "Kimlik doğrulama"},
    "POST /takip/{reference:str}/ac": {"last4": "0000"},
    "POST /takip/{reference:str}/bilgi": {"words": "Çukur büyüdü."},
}


# What the citizen with the key of the case gets, where that is more than a stranger does.
WITH_KEY = {
    "POST /takip/{reference:str}/bilgi": "200",
    "GET /takip/{reference:str}/ek/{name:str}": "200",
    "GET /takip/{reference:str}/alindi.pdf": "200",
    "GET /takip/{reference:str}/yazi/{name:str}": "200",
    "GET /foto/{name:str}": "200",
    "GET /foto/{name:str}/kucuk": "200",
}
# Addresses that lead a citizen with an unknown number to a page that says so.
LED_AWAY = {"GET /alindi/{reference:str}", "GET /takip/{reference:str}/sure", "POST /takip/{reference:str}/kapat"}

# The things of the road side, of the park side, of nobody, no things at all, and the park's under a road case.
OBJECTS = ("own", "foreign", "absent", "malformed", "borrowed")
QUICK = ("own", "borrowed")
MALFORMED = "12x4"


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One town for the whole room: whoever is let in to change a thing leaves another in its place."""
    store = request.getfixturevalue(f"{request.param}_store")
    with store.fresh() as db, opened(db, tmp_path_factory.mktemp("world")) as world:
        yield world


def test_every_address_says_who_may_open_it(world: World):
    missing = addresses(world) - TABLE.keys()

    assert not missing, f"Say in TABLE who may open {sorted(missing)}: one word for everybody, or one for each person."


def test_the_table_names_no_address_that_is_gone(world: World):
    gone = TABLE.keys() - addresses(world)

    assert not gone, f"Take {sorted(gone)} out of TABLE: there is no such address."


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_gets_what_the_table_says(world: World, person: str):
    # The drill of the same name asks for the rest: foreign, absent and malformed things.
    cells = [Cell(person, address, thing) for address in TABLE for thing in things(address) if thing in QUICK]

    got = {cell: told(ask(world, cell)) for cell in cells}

    assert got == {cell: expected(cell) for cell in cells}


@pytest.mark.parametrize("person", PEOPLE)
def test_what_is_not_theirs_looks_exactly_like_what_is_not_there(world: World, person: str):
    hidden = [address for address in TABLE if is_hidden(person, address)]

    differing = [
        address
        for address in hidden
        if seen_by(world, person, address, "foreign") != seen_by(world, person, address, "absent")
    ]

    assert not differing


@pytest.mark.parametrize("person", PEOPLE)
def test_what_is_not_theirs_costs_what_is_not_there_costs(world: World, person: str):
    foreign = [address for address in TABLE if is_foreign(person, address)]

    differing = [address for address in foreign if not asks_alike(world, person, address)]

    assert not differing, "Decide who may see it in the statement that looks it up, then it is read by nobody else."


@dataclass(frozen=True)
class Cell:
    """Somebody at an address with somebody's things."""

    person: str
    address: str
    thing: str

    @property
    def method(self) -> str:
        return self.address.partition(" ")[0]

    @property
    def path(self) -> str:
        return self.address.partition(" ")[2]

    @property
    def kind(self) -> str:
        if "{call:int}" in self.path:
            return "call"
        return "application" if "/islem" in self.path or self.path.endswith("/belge") else "case"


def addresses(world: World) -> set[str]:
    """Every method of every address the portal answers to."""
    routes = (route for route in world.probe.app.routes if isinstance(route, HTTPRoute))
    return {f"{method} {route.path}" for route in routes for method in route.methods if method != "OPTIONS"}


def things(address: str) -> tuple[str, ...]:
    """Whose things can be asked for here; a letter of another case only where the address names both."""
    if "{" not in address or any(each in address for each in ("{path:", "{colleague:", "{session:")):
        return OBJECTS[:1]
    return OBJECTS if "{name:" in address.partition("}")[2] or "{call:" in address else OBJECTS[:-1]


def expected(cell: Cell) -> str:
    """What the table says of this cell."""
    if cell.thing == "foreign":
        return _own(MIRRORED.get(cell.person, cell.person), cell.address)
    own = _own(cell.person, cell.address)
    if cell.thing == "own" or cell.address in LED_AWAY:
        return own
    if cell.thing == "malformed" and cell.kind == "call":
        return "404"
    return own if own in ("401", "in") else "404"


def is_hidden(person: str, address: str) -> bool:
    """Whether somebody is told that the park's things are not there."""
    return all(
        thing in things(address) and expected(Cell(person, address, thing)) == "404" for thing in ("foreign", "absent")
    )


def is_foreign(person: str, address: str) -> bool:
    """Whether this is hidden because the case itself is: who reads the case may know what is not in it."""
    case = Cell(person, "GET /masa/basvuru/{ref:str}", "foreign")
    return is_hidden(person, address) and not (case.path in address and expected(case) == "200")


def ask(world: World, cell: Cell) -> Answer:
    """Open the address, or send its form as the page would: with a thing that nobody has touched."""
    visitor = world.person(cell.person)
    side = PARKS if cell.thing == "foreign" else ROADS
    matter = world.matter(cell.kind, side)
    if "citizen" in cell.person:
        visitor.cookies["erisim"] = world.keys_of(PARKS if cell.person == "other citizen" else ROADS)
    there = filled(world, cell)
    if cell.method == "GET":
        return world.probe.get(there, visitor)
    typed = {"version": str(matter.case.version) if "{" in cell.path else "", **FORMS.get(cell.address, {})}
    if "department" in typed:
        typed["department"] = side
    answer = world.probe.post(there, typed, visitor)
    visitor.cookies = {name: value for name, value in {**visitor.cookies, **answer.cookies}.items() if value}
    if answer.status == 303 and "{ref" in cell.path:
        world.has_changed(cell.kind, side)
    if "{colleague:" in cell.path:
        world.forget_colleague()
    if cell.path == "/cikis":
        world.forget(cell.person)
    return answer


def seen_by(world: World, person: str, address: str, thing: str) -> tuple[object, ...]:
    """Everything of an answer, but for what the reader had asked for and the number every request has."""
    cell = Cell(person, address, thing)
    there = filled(world, cell)
    answer = ask(world, cell)
    number = answer.header("x-request-id") or "no number"
    headers = sorted(each for each in answer.headers if each[0] not in ("content-length", "x-request-id"))
    return answer.status, headers, answer.text.replace(there, "…").replace(number, "…")


def asks_alike(world: World, person: str, address: str) -> bool:
    """Whether the database is asked the same, in the same order, for the park's things and for nobody's."""
    foreign, absent = (ask(world, Cell(person, address, thing)).statements for thing in ("foreign", "absent"))
    return foreign == absent


def told(answer: Answer) -> str:
    """200: it is shown or done, also where the reader is led on."""
    if answer.status == 303:
        return "in" if answer.location.startswith("/giris") else "200"
    return str(answer.status)


def _own(person: str, address: str) -> str:
    words = TABLE[address].split()
    if person == "citizen" and address in WITH_KEY:
        return WITH_KEY[address]
    if len(words) == 1:
        return words[0]
    if person == "foreign manager":
        # A manager like the other where no case is asked for.
        person = "foreign clerk" if "{" in address else "manager"
    return words[COLUMNS.index("stranger" if "citizen" in person else person)]


def filled(world: World, cell: Cell) -> str:
    """The address with its things in it."""
    there = cell.path.replace("/static/{path:path}", statics.url("css/base.css"))
    for name, value in _facts(world, cell).items():
        for kind in ("str", "int"):
            there = there.replace(f"{{{name}:{kind}}}", value)
    return there


def _facts(world: World, cell: Cell) -> Mapping[str, str]:
    """What stands in the address; its act is one of ours unless it is the act that is asked for."""
    if "{" not in cell.path or "{path:path}" in cell.path:
        return {}
    if "{colleague:" in cell.path or "{session:" in cell.path:
        return dict(zip(("colleague", "session"), world.colleague(), strict=True))
    own = facts(world.matter(cell.kind, ROADS), cell.path)
    if cell.thing == "own":
        return own
    if cell.thing == "absent":
        nothing = {"ref": ABSENT, "reference": ABSENT, "name": "0" * 32, "call": "999999"}
        return {**own, **{name: value for name, value in nothing.items() if name in own}}
    if cell.thing == "malformed":
        return {**dict.fromkeys(own, MALFORMED), "act": own["act"]}
    foreign = facts(world.matter(cell.kind, PARKS), cell.path)
    return foreign if cell.thing == "foreign" else {**foreign, "ref": own["ref"], "reference": own["reference"]}
