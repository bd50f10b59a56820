"""Injection (A3): text that would be a statement, a pattern, a header, a line of the log, a template or a formula.

.venv/bin/python -m tests.drills.injection --folder /tmp/injection

Each text is put into each field of each form and into each parameter and header that is read, one at a time. It holds
when the answer is of the class that words of the same length and shape get, comes without delay, carries no header
and no cookie of its own, gives away nothing that the text asks for, when the database was asked nothing that harmless
words do not ask, in no words of the text, and when the log has its lines and no other. Then the tables are looked at,
the patterns a search could take a text for, the headers of letters and the cells of the sheet.
"""

import csv
import io
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from urllib.parse import quote, urlencode, urlsplit

from sqlalchemy import delete, func, inspect, update
from sqlmodel import SQLModel, select

from db.models import Attempt, Clerk, Department
from portal import clock
from portal.channels import email as channel
from portal.channels._letter import DeliveryFailed, Letter
from portal.routes._who import HALF
from tests.drills import score
from tests.drills.malformed import header_line
from tests.drills.score import Line
from tests.drills.scripts import doors, typable
from tests.payloads import INJECTIONS
from tests.probe import Answer, Visitor
from tests.web import Form, Page
from tests.world import ROADS, World, of_engine

SLOW = 2.5
# What a template, a database or a machine would answer to one of the texts.
MARKERS = (
    "{{1337*7331}}",
    "${1337*7331}",
    "#{1337*7331}",
    "<%= 1337*7331 %>",
    "{1337*7331}",
    "' || (1337*7331) || '",
    "' UNION SELECT email || password_hash FROM clerk --",
    "0 UNION ALL SELECT 1337*7331, 2, 3",
    "{0.__init__.__globals__}",
    "%(password)s",
)
_GIVEN_AWAY = re.compile(r"9801547|\$argon2|root:x:0|__globals__':|kotu=1")
# What harmless words bring in other shapes: more of them, and nothing at all that could be looked for.
PLAIN = ("", "a", "a a", "12", "çukur", ".", "a-a", "a.a a.a a", "a a a a a a", "1 a", "aaa 1 aaa")
_FORM = r"(?:instr|strpos)\(' ' \|\| words \|\| ' ', .*?\) > 0"
_WORD = rf"\({_FORM}(?: OR {_FORM})*\)"
_WORDS = re.compile(rf"{_WORD}(?: AND {_WORD})*")
_MANY = re.compile(r"\((?:[?]|%\(\w+\)s(?:::\w+)?)(?:, (?:[?]|%\(\w+\)s(?:::\w+)?))*\)")
# That a colleague was seen is noted once a minute.
_NOTED = re.compile(r"BEGIN|UPDATE staff_session")
_LOG_LINE = re.compile(r"timestamp=\d{4}-\d\d-\d\dT[0-9:.]+Z level=[a-z]+ ")
_FORGED = "event=sahte"
TEXTS = (*INJECTIONS, *MARKERS, f"x\n timestamp=2026-01-01T00:00:00Z level=info {_FORGED}", "a\r\nX-Kotu: 1")

# What stands in the other fields while one is attacked.
GOOD = {
    "words": "Okulun önündeki yolda derin bir çukur var.",
    "name": "Ayşe Yılmaz",
    "email": "ayse@ornek.com.tr",
    "phone": "0532 123 45 67",
    "street": "4516. Sokak, okulun önü",
    "address": "Tacin Mah. 4516. Sokak 3",
    "identity_number": "10000000146",
    "subject": "Yol hakkında",
    "note": "Bakıldı.",
    "reply": "Ekibimiz yarın gelecek.",
    "reason": "Kayıtlar bekleniyor",
    "last4": "0000",
}
# Forms that only add something may be sent for good; the others are sent as if a colleague had been faster.
ADDING = ("/not", "/yanit", "/onizleme")
_LIMITED = ("/giris", "/giris/parola", "/masa/hesap/parola")
QUERIES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("stranger", "/"): ("dil",),
    ("stranger", "/takip"): ("no", "dil"),
    ("stranger", "/giris"): ("sonra", "parola"),
    ("stranger", "/giris/parola/yeni"): ("k",),
    ("stranger", "/bildir"): ("konu", "yeniden"),
    ("stranger", "/bildir/yer/bul"): ("lat", "lon"),
    ("stranger", "/bilgi-edinme"): ("kim",),
    ("coordinator", "/masa/kuyruk"): (
        "ara", "durum", "birim", "konu", "mahalle", "kanal", "sorumlu", "gecikme", "gorev",
        "gelis_ilk", "gelis_son", "sira", "sonra", "once",
    ),
    ("coordinator", "/masa/kayit-defteri"): (
        "defter", "yil", "tur", "sonuc", "madde", "isaret", "kurul", "sonra", "once",
    ),
    ("coordinator", "/masa/rapor/bilgi-edinme"): ("yil",),
    ("coordinator", "/masa/rapor/birimler"): ("yil", "birim"),
    ("coordinator", "/masa/rapor/birimler.csv"): ("yil", "birim"),
    ("administrator", "/yonetim/personel"): ("kayit",),
}  # fmt: skip
SEGMENTS = (
    ("stranger", "/takip/{}"),
    ("stranger", "/alindi/{}"),
    ("stranger", "/foto/{}"),
    ("stranger", "/takip/{}/ek/x"),
    ("stranger", "/takip/{}/sure"),
    ("coordinator", "/masa/basvuru/{}"),
    ("coordinator", "/masa/basvuru/{}/yazi"),
    ("coordinator", "/yok/{}"),
)
# None of them is a word, or the beginning of one, of what is looked for.
UNLIKE = (
    "z_ytinlik", "zey%lik", "zeyt*lik", "zeyt?nlik", "_eytinlik", "%eytinlik", "ze[xy]tinlik", "(zeytinlik|x)q",
    "zeyt.nlik", "^zeytinlik$x", "zeytinlikk:*", "% zz", "zeytinlik OR zz", "zeytinlik NOT zz", "NEAR(zeytinlik zz)",
)  # fmt: skip
HEADERS = (
    "user-agent", "accept-language", "if-none-match", "hx-ptag", "hx-target", "hx-current-url", "referer",
    "x-request-id", "x-forwarded-for", "x-forwarded-host", "accept-encoding", "authorization",
)  # fmt: skip
COOKIES = ("masa", "erisim", "taslak", "dil", "cihaz", HALF, "form")


@dataclass(frozen=True)
class Place:
    """Where a text can be put: its name, the way it is sent from there, and which letters mean something there."""

    name: str
    send: Callable[[str], Answer]
    keeps: str = ""


@dataclass(frozen=True)
class Sent:
    """What came back, and what was logged meanwhile."""

    answer: Answer
    log: tuple[str, ...]
    classes: frozenset[str]


def main() -> int:
    asked = score.parser(__doc__).parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        with of_engine(engine, asked.folder) as world:
            where = f" on {engine}"
            before = belongings(world)
            lines += [
                effects(world, where),
                patterns(world, where),
                sheet(world, where),
                standing(world, before, where),
            ]
    lines.append(letters())
    return score.finish(lines, asked)


def effects(world: World, where: str = "", *, one_in: int = 1) -> Line:
    """Every text in every place."""
    tried = held = 0
    wrong: list[str] = []
    texts = TEXTS[::one_in]
    world.probe.app.state.book.forget()
    # The town is read anew now and then, whatever was sent.
    town = {_counted(each) for each in world.probe.get("/takip").statements}
    for place in places(world):
        plain = {text: _like(place, text) for text in texts}
        known = town | {_counted(each) for sent in plain.values() for each in sent.answer.statements}
        sent = {text: _sent(place, text) for text in texts}
        if any(_new(each, known) for each in sent.values()):
            known |= {_counted(each) for text in PLAIN for each in _sent(place, text).answer.statements}
        for text in texts:
            found = list(_differs(sent[text], plain[text], text, known))
            tried += 1
            held += not found
            wrong += [f"{place.name} {text[:30]!r}: {', '.join(found)}"] if found else []
    print(where, *wrong[:200], sep="\n  ", file=sys.stderr)
    return Line("A3", f"texts × fields, parameters and headers: no effect{where}", tried, held, "; ".join(wrong[:4]))


def _differs(sent: Sent, plain: Sent, text: str, known: set[str]) -> Iterator[str]:
    answer = sent.answer
    if _class(answer) not in plain.classes:
        yield f"{answer.status}, harmless {' or '.join(sorted(plain.classes))}"
    if new := _new(sent, known):
        yield f"{len(new)} new statements such as {new[0][-80:]!r}"
    # "true" stands in statements of our own too, which harmless words bring as well.
    if len(text.strip()) > 3 and any(text in each for each in answer.statements if _counted(each) not in known):
        yield "words of the text in a statement"
    if answer.seconds > SLOW:
        yield f"{answer.seconds:.1f} s"
    if names := {name for name, _ in answer.headers} - {name for name, _ in plain.answer.headers} - _MAY_BE:
        yield f"headers {sorted(names)}"
    if "kotu" in "".join(answer.cookies):
        yield "a cookie"
    said = answer.text + " ".join(value for _name, value in answer.headers)
    if given := _GIVEN_AWAY.search(said):
        yield f"given away: {given[0]}"
    if wild := [line for line in sent.log if not _LOG_LINE.match(line) or f" {_FORGED}" in line.partition('="')[0]]:
        yield f"log: {wild[0][:60]!r}"


# Which of them a good answer has depends on whether it is a page, a part of one, or a way on.
_MAY_BE = {"set-cookie", "hx-ptag", "etag", "vary", "content-language", "hx-retarget", "hx-reselect", "hx-reswap",
           "content-encoding", "content-length", "location", "hx-push-url"}  # fmt: skip


def _new(sent: Sent, known: set[str]) -> list[str]:
    return [each for each in sent.answer.statements if _counted(each) not in known and not _NOTED.match(each)]


def _counted(statement: str) -> str:
    """A statement with each word of a search counted once: how many there are is no secret and no harm."""
    return _WORDS.sub("…", _MANY.sub("(…)", statement))


def _class(answer: Answer) -> str:
    """Done, or told why not in the one or the other way."""
    return "done" if answer.status < 400 else "told" if answer.status in (400, 404, 413, 422) else str(answer.status)


def _sent(place: Place, text: str) -> Sent:
    with redirect_stderr(io.StringIO()) as said:
        answer = place.send(text)
    return Sent(answer, tuple(line for line in said.getvalue().split("\n") if line), frozenset({_class(answer)}))


def _like(place: Place, text: str) -> Sent:
    """What harmless words of the same shape bring; of letters nobody sees, it is nothing or something.

    An address may also lead to a page that says there is nothing, where it says so itself of a text with a NUL.
    """
    plain = harmless(text, place.keeps)
    sent = _sent(place, plain)
    if "\0" in text and place.keeps:
        return replace(sent, classes=sent.classes | {"told"})
    return sent if plain.strip() else replace(sent, classes=sent.classes | _sent(place, "a").classes)


def harmless(text: str, keeps: str = "") -> str:
    """Words of the same length and shape: nothing in them but plain letters, digits and spaces."""
    return "".join(letter if letter in keeps else _plain(letter) for letter in text)


def _plain(letter: str) -> str:
    if letter.isspace() or (letter.isascii() and letter.isalnum()):
        return " " if letter.isspace() and letter != "\n" else letter
    kind = unicodedata.category(letter)
    # Half a letter arrives as three signs for what could not be read.
    return "aaa" if kind == "Cs" else "" if kind in ("Cc", "Cf") else "a"


def places(world: World) -> Iterator[Place]:
    """Every field of every form, every parameter, every part of an address, every header and every cookie we read."""
    number = 0

    def asker(name: str) -> Visitor:
        nonlocal number
        number += 1
        person = world.person(name)
        # From another address each time: here no limit stands before what is looked at.
        return Visitor(person.cookies, person.token, f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")

    for person, form in _forms(world):
        for name in typable(form):
            yield Place(f"{form.method} {urlsplit(form.action).path} {name}", _typing(world, asker, person, form, name))
    for (person, path), names in QUERIES.items():
        for name in names:
            yield Place(f"{path}?{name}", _asking(world, asker, person, path, name))
    for person, path in SEGMENTS:
        yield Place(path, _naming(world, asker, person, path), keeps="/")
    for name in HEADERS:
        yield Place(f"header {name}", _heading(world, asker, name))
    for name in COOKIES:
        yield Place(f"cookie {name}", _baking(world, name))


def _forms(world: World) -> Iterator[tuple[str, Form]]:
    for person, _there, form in doors(world):
        if form is not None:
            yield person, form
    matter = world.matter("case", ROADS)
    citizen = world.person("citizen")
    citizen.cookies["erisim"] = f"{matter.case.reference}:{matter.key}"
    for person, there in (
        ("citizen", f"/takip/{matter.case.reference}"),
        ("stranger", "/giris/parola"),
        ("coordinator", "/masa/hesap"),
    ):
        answer = world.probe.get(there, world.person(person))
        page = Page(answer.status, f"http://x{there}", answer.text, {})
        for element in page._tree.iter("form"):
            form = Form(element, page.url)
            if not form.action.endswith("/cikis") and typable(form):
                yield person, form


Asker = Callable[[str], Visitor]


def _typing(world: World, asker: Asker, person: str, form: Form, name: str) -> Callable[[str], Answer]:
    target = urlsplit(form.action).path
    fields = {**form.values, **{each: GOOD[each] for each in typable(form) if each in GOOD}}
    reference = next(iter(re.findall(r"/masa/basvuru/([0-9]{12})/", target)), "")

    def send(text: str) -> Answer:
        typed = {**fields, name: text}
        if form.method == "get":
            return world.probe.get(f"{target}?{_query(typed)}", asker(person))
        if target in _LIMITED:
            # Here it is the text that is looked at, not how often.
            typed |= {"email": f"{abs(hash(text)):x}@ornek.com.tr"} if name == "password" else {}
            with world.city.db.transaction() as tx:
                tx.execute(delete(Attempt))
        if "version" in fields:
            current = world.city.look(reference).version if reference and target.endswith(ADDING) else 0
            typed["version"] = str(current)
        if "form_id" in fields and name != "form_id":
            typed["form_id"] = f"{abs(hash(text)):x}"[:16]
        return world.probe.post(target, {each: _octets(value) for each, value in typed.items()}, asker(person))

    return send


def _asking(world: World, asker: Asker, person: str, path: str, name: str) -> Callable[[str], Answer]:
    return lambda text: world.probe.get(f"{path}?{_query({name: text})}", asker(person))


def _naming(world: World, asker: Asker, person: str, path: str) -> Callable[[str], Answer]:
    return lambda text: world.probe.get(
        path.format(quote(text.encode("utf-8", "surrogatepass"), safe="") or "x"), asker(person)
    )


def _heading(world: World, asker: Asker, name: str) -> Callable[[str], Answer]:
    def send(text: str) -> Answer:
        return world.probe.ask("GET", "/takip", asker("stranger"), headers={name: header_line(text)})

    return send


def _baking(world: World, name: str) -> Callable[[str], Answer]:
    def send(text: str) -> Answer:
        cookie = name.encode() + b"=" + header_line(text)
        return world.probe.ask("GET", "/masa/kuyruk" if name == "masa" else "/bildir", headers={"cookie": cookie})

    return send


def _query(fields: Mapping[str, object]) -> str:
    return urlencode(fields, doseq=True, errors="surrogatepass")


def _octets(value: object) -> object:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value


def patterns(world: World, where: str = "") -> Line:
    """No letter of a search stands for others: what would only fit as a pattern finds nothing."""
    world.city.report(words="Zeytinlik yanında devrilmiş tabela duruyor")
    nur = world.person("coordinator")
    tried = held = 0
    for text in UNLIKE:
        found = world.probe.get(f"/masa/kuyruk?{_query({'ara': text})}", nur)
        tried += 1
        held += found.status == 200 and "devrilmiş tabela" not in found.text
    plain = world.probe.get("/masa/kuyruk?ara=zeytinlik", nur)
    is_there = "devrilmiş tabela" in plain.text
    return Line("A3", f"patterns that find what they do not say{where}", tried, held if is_there else 0)


def sheet(world: World, where: str = "") -> Line:
    """Every text as the name of a department: the sheet has its lines and cells and no other, and none is a formula."""
    selin = world.person("administrator")
    address, book = "/masa/rapor/birimler.csv", world.probe.app.state.book
    world.city.report()

    def cells() -> list[list[str]]:
        return list(
            csv.reader(io.StringIO(world.probe.get(address, selin).text.lstrip("\ufeff"), newline=""), delimiter=";")
        )

    before = [len(line) for line in cells()]
    with world.city.db.reading() as tx:
        name = tx.exec(select(Department.name_tr).where(Department.code == ROADS)).one()
    tried = held = 0
    for text in TEXTS:
        storable = text.replace("\0", "").encode("utf-8", "replace").decode()[:120] or "x"
        _rename(world, storable)
        book.forget()
        lines = cells()
        tried += 1
        held += [len(line) for line in lines] == before and not any(
            cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r")) for line in lines for cell in line
        )
    _rename(world, name)
    book.forget()
    return Line("A3", f"texts as cells of a sheet: no formula, no cell more{where}", tried, held)


def _rename(world: World, name: str) -> None:
    with world.city.db.transaction() as tx:
        tx.execute(update(Department).where(Department.code == ROADS).values(name_tr=name))  # type: ignore[arg-type]


def letters() -> Line:
    """Every text in every part of a letter: its headers stay its own, or it does not leave."""
    own = {"from", "to", "reply-to", "subject", "date", "message-id", "auto-submitted", "x-auto-response-suppress",
           "content-type", "content-transfer-encoding", "mime-version"}  # fmt: skip
    good = ("1@aksaray.example", "ayse@ornek.com.tr", "Başvurunuz", "Yanıtımız", "Çözüm Merkezi", "")
    tried = held = 0
    for text in TEXTS:
        for place in range(len(good)):
            tried += 1
            try:
                letter = Letter(*(text if place == each else word for each, word in enumerate(good)), clock.now())
                raw = bytes(channel.compose(letter, sender="from@aksaray.example", host="aksaray.example"))
            except DeliveryFailed:
                # What would end a header line does not leave at all.
                held += 1
                continue
            parsed = message_from_bytes(raw, policy=policy.default)
            names = [name.lower() for name in parsed]
            held += set(names) <= own and len(names) == len(set(names)) and not parsed.is_multipart()
    return Line("A3", "texts in every part of a letter: no header more", tried, held)


def belongings(world: World) -> dict[str, object]:
    """What no text may change: which tables there are, how many rows at least, who may sign in and how."""
    with world.city.db.reading() as tx:
        found: dict[str, object] = {
            each.name: tx.execute(select(func.count()).select_from(each)).scalar_one()
            for each in SQLModel.metadata.sorted_tables
            if each.name not in ("attempt", "half_session", "draft")
        }
        found["tables"] = sorted(inspect(tx.connection()).get_table_names())
        found["colleagues"] = sorted(
            tx.execute(select(Clerk.email, Clerk.role, Clerk.password_hash, Clerk.is_active)).all()  # type: ignore[call-overload]
        )
    return found


def standing(world: World, before: Mapping[str, object], where: str = "") -> Line:
    """The tables afterwards."""
    after = belongings(world)
    wrong = [name for name, value in before.items() if not _stands(value, after[name])]
    return Line(
        "A3", f"tables, rows and colleagues as before{where}", len(before), len(before) - len(wrong), ", ".join(wrong)
    )


def _stands(before: object, after: object) -> bool:
    return after >= before if isinstance(before, int) and isinstance(after, int) else after == before


if __name__ == "__main__":
    sys.exit(main())
