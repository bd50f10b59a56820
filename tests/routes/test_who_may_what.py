"""Who may open which address: one row for each, one column for each kind of person."""

import secrets
from collections.abc import Mapping

import pytest
from litestar.routes import HTTPRoute

from db.models import Case
from db.queries import cases
from db.queries import enclosures as stored
from db.queries import post as stored_post
from portal import statics
from portal.services import accounts, attachments, casework, drafts, enclosures, official, own_account
from tests import pictures
from tests.cast import PASSWORD
from tests.desk import Office
from tests.web import Page

PEOPLE = ("stranger", "operator", "clerk", "foreign clerk", "coordinator", "manager", "administrator")

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
    "GET /giris":                               "in       200      200    200     200    200     200",
    "POST /giris":                              "422",
    # Without a password given before, or a letter's link, these lead back to the door or say that it is over.
    "GET /giris/kod":                           "in       200      200    200     200    200     200",
    "POST /giris/kod":                          "422",
    "GET /giris/iki-adim":                      "in       200      200    200     200    200     200",
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


def test_every_address_says_who_may_open_it(office: Office):
    missing = addresses(office) - TABLE.keys()

    assert not missing, f"Say in TABLE who may open {sorted(missing)}: one word for everybody, or one for each person."


def test_the_table_names_no_address_that_is_gone(office: Office):
    gone = TABLE.keys() - addresses(office)

    assert not gone, f"Take {sorted(gone)} out of TABLE: there is no such address."


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_gets_what_the_table_says(office: Office, person: str):
    visitor = Visitor(office, person)

    got = {address: visitor.try_(address) for address in TABLE}

    assert got == {address: expected(row, person) for address, row in TABLE.items()}


def addresses(office: Office) -> set[str]:
    """Every method of every address the portal answers to."""
    routes = (route for route in office.client.app.routes if isinstance(route, HTTPRoute))
    return {f"{method} {route.path}" for route in routes for method in route.methods if method != "OPTIONS"}


def expected(row: str, person: str) -> str:
    words = row.split()
    return words[0] if len(words) == 1 else words[PEOPLE.index(person)]


class Visitor:
    """One kind of person, in front of a browser of their own."""

    def __init__(self, office: Office, person: str) -> None:
        city = office.city
        self._office = office
        clerks = {
            "operator": city.hasan,
            "clerk": city.kemal,
            "foreign clerk": city.deniz,
            "coordinator": city.nur,
            "manager": city.zeynep,
            "administrator": city.selin,
        }
        self._browser = office.browser(clerks[person]) if person in clerks else office.stranger()
        self._token = self._browser.get("/bildir").form(action="/bildir").values["_csrf_token"]

    def try_(self, address: str) -> str:
        """What comes of it, with a road case that nobody has touched."""
        method, path = address.split()
        case = _case(self._office, path) if "{" in path else None
        there = _fill(self._office, path, case)
        if method == "GET":
            return _told(self._browser.get(there))
        typed = {"_csrf_token": self._token, "version": str(case.version) if case else "", **FORMS.get(address, {})}
        return _told(self._browser.post(there, typed))


def _case(office: Office, path: str) -> Case:
    if "/islem" in path or path.endswith("/belge"):
        return _application(office)
    # Who has only a telephone is rung up.
    return office.city.case("resolved", email="") if "{call:int}" in path else office.city.case("in_progress")


def _application(office: Office) -> Case:
    city = office.city
    case = city.look(city.application().reference)
    with city.db.transaction() as tx:
        roads = city.department("FEN")
        case = tx.merge(case)
        casework.assign(
            tx, case, department_id=roads, assignee_id=None, seen=1, by=city.nur, town=city.town, now=city.now
        )
    return city.look(case.reference)


def _fill(office: Office, path: str, case: Case | None) -> str:
    """The address with this case, its photo and its call in it."""
    if case is None:
        return path
    if "{colleague:int}" in path or "{session:str}" in path:
        key, session = _colleague(office)
        return path.replace("{colleague:int}", str(key)).replace("{session:str}", session)
    there = path.replace("{ref:str}", case.reference).replace("{reference:str}", case.reference)
    if "/ek/" in path:
        there = there.replace("{name:str}", _enclosure(office, case))
    if "{name:str}" in path:
        there = there.replace("{name:str}", _letter(office, case) if "/yazi/" in path else _photo(office, case))
    there = there.replace("{act:str}", "uzatma")
    if "{call:int}" in path:
        with office.city.db.reading() as tx:
            there = there.replace("{call:int}", str(stored_post.callbacks_of(tx, case.id or 0)[0].id))
    return there.replace("/static/{path:path}", statics.url("css/base.css"))


def _colleague(office: Office) -> tuple[int, str]:
    """Somebody else who is signed in and has a second factor: the key, and what the session is called."""
    city = office.city
    with city.db.transaction() as tx:
        facts = {"email": f"ali-{secrets.token_hex(4)}@aksaray.example", "name": "Ali Demir", "role": "coordinator"}
        ali = accounts.add_clerk(tx, **facts, departments=[], password=PASSWORD, now=city.now)
    accounts.sign_in(city.db, ali.email, PASSWORD, visitor=accounts.Visitor(), secret=city.secret, now=city.now)
    city.give_factor(ali)
    with city.db.reading() as tx:
        return ali.id, own_account.session_name(own_account.sessions(tx, ali.id, now=city.now)[0])


def _photo(office: Office, case: Case) -> str:
    picture = attachments.read(pictures.photo((60, 40)), "IMG.jpg")
    attachments.put(attachments.store(office.folder), picture)
    with office.city.db.transaction() as tx:
        attachments.add_to_case(tx, case, picture, now=office.city.now)
    return picture.name


def _letter(office: Office, case: Case) -> str:
    city, store = office.city, official.store(office.folder)
    with city.db.transaction() as tx:
        submission = cases.submissions(tx, case)[0]
        return official.receipt(tx, case, submission, store=store, town=city.town, now=city.now).name


def _enclosure(office: Office, case: Case) -> str:
    content = b"%PDF-1.7"
    file = enclosures.read(content, "belge.pdf", "other")
    enclosures.put(enclosures.store(office.folder), file, content)
    with office.city.db.transaction() as tx:
        draft, _token = drafts.begin(tx, now=office.city.now)
        enclosures.add_to_draft(tx, draft, file, now=office.city.now)
        stored.give(tx, draft.id or 0, case_id=case.id or 0, submission_id=office.city.submission(case).id or 0)
    return file.name


def _told(page: Page) -> str:
    return "in" if page.status == 200 and page.path == "/giris" else str(page.status)
