"""Text that would be a script (A2): wherever it is stored, and on every page that shows it or gives it back.

.venv/bin/python -m tests.drills.scripts --folder /tmp/scripts

Each text is stored wherever somebody can store one, and each page that shows it is read as a browser reads it: it must
hold the same elements and attributes as with harmless words, and no address of another kind. Then the same pages are
opened in Chromium, with an ear for dialogs and for what the content security policy reports.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from sqlmodel import Session

from db.engine import Database
from db.models import Case, Clerk
from db.queries import cases
from db.queries import post as stored_post
from portal import clock
from portal.channels import email as channel
from portal.channels._letter import DeliveryFailed, Letter
from portal.services import attachments, callbacks, casework, correspondence, official, tracking
from tests import pictures
from tests.cast import PASSWORD, City
from tests.drills import score, stage
from tests.drills.score import Line
from tests.payloads import grouped, markup
from tests.web import Form, Page
from tests.world import ROADS, World, given, of_engine

HARMLESS = "Burada kötü hiçbir şey yazmıyor"
# The shortest stored text holds 120 letters; names of files keep 80 of them.
MOST_LETTERS = 76
FIELDS = 15
_LINKS = (
    "href",
    "src",
    "action",
    "formaction",
    "xlink:href",
    "data",
    "srcdoc",
    "hx-get",
    "hx-post",
    "hx-put",
    "hx-delete",
)
Shape = Counter[tuple[str, ...]]


def main() -> int:
    words = score.parser(__doc__)
    words.add_argument("--no-browser", action="store_true", help="leave Chromium out; its lines are then missed")
    asked = words.parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        with of_engine(engine, asked.folder) as world:
            texts = list(grouped(markup(), MOST_LETTERS))
            # Lists of more than a page have ways to the next one; they shall have them from the beginning.
            for _ in range(60):
                world.city.report()
                world.city.application()
            lines += [shown(world, texts, f" on {engine}"), given_back(world, f" on {engine}")]
    lines.append(written_letters(asked.folder))
    lines += [] if asked.no_browser else in_a_browser(asked.folder / "browser")
    return score.finish(lines, asked)


def shown(world: World, texts: list[list[str]], where: str = "") -> Line:
    """What is stored, on every page that shows it."""
    plain = {name: shape(html) for name, html in _pages(world, HARMLESS).items()}
    known = set().union(*plain.values())
    tried = held = 0
    wrong: list[str] = []
    for each in texts:
        for name, html in _pages(world, " ".join(each)).items():
            tried += len(each) * FIELDS
            got = shape(html)
            is_same = not (got.keys() - known) if "liste" in name else got == plain[name]
            held += len(each) * FIELDS if is_same else 0
            if not is_same:
                wrong.append(f"{name}: {each[0]!r}: {list((got - plain[name]) + (plain[name] - got))[:3]}")
    return Line("A2", f"stored markup stays text (markup × fields × pages){where}", tried, held, "; ".join(wrong[:4]))


def given_back(world: World, where: str = "", most: int = 0) -> Line:
    """What a form or an address gives back at once, refused or not."""
    texts = [" ".join(each) for each in grouped(markup(), 900)][: most or None]
    open_doors = list(doors(world))
    known: set[tuple[str, ...]] = set()
    for person, there, form in open_doors:
        for text in (HARMLESS, f"{HARMLESS} " * 40, "yolda çukur var", ""):
            known |= shape(_told(world, person, there, form, text).html).keys()
    tried = held = 0
    wrong: list[str] = []
    for person, there, form in open_doors:
        for text in texts:
            answer = _told(world, person, there, form, text)
            new = shape(answer.html).keys() - known
            tried += 1
            held += answer.status < 500 and not new
            if new or answer.status >= 500:
                wrong.append(f"{person} {there}: {answer.status} {list(new)[:3]}")
    what = f"markup given back stays text (texts × forms and addresses){where}"
    return Line("A2", what, tried, held, "; ".join(wrong[:4]))


def shape(html: str) -> Shape:
    """The elements of a page with their attributes, and where its addresses lead: what a text must never add to."""
    tree: Element = html5lib.parse(html, namespaceHTMLElements=False)
    found: Shape = Counter()
    for each in tree.iter():
        names = sorted(name for name in each.attrib if name not in ("value", "checked", "selected", "aria-current"))
        found[(str(each.tag), *names)] += 1
        for name in _LINKS:
            if (to := each.get(name)) is not None:
                found["leads", name, urlsplit(to).scheme or urlsplit(to).netloc] += 1
    return found


def plant(city: City, folder: Path, text: str) -> tuple[Case, Case]:
    """The text wherever somebody can leave one: on a report with a call, and on an application."""
    now, shot = city.now, replace(attachments.read(pictures.photo((60, 40)), "a.jpg"), original_name=text[:80])
    with city.db.transaction() as tx:
        clerk = tx.get(Clerk, city.kemal.id)
        assert clerk is not None
        clerk.name = text[:80]
    kemal = replace(city.kemal, name=text[:80])
    receipt = city.report(
        words=f"{HARMLESS} {text}",
        street=text,
        name=f"Ayşe {text}",
        answers=_answers(city, text),
        phone="0532 123 45 67",
    )
    attachments.put(attachments.store(folder), shot)
    with city.db.transaction() as tx:
        case = cases.by_reference(tx, receipt.reference)
        assert case is not None
        casework.add_note(tx, case, text, seen=case.version, by=kemal, now=now)
        casework.reply(tx, case, text, seen=case.version, by=kemal, town=city.town, now=now)
        key = tracking.key_for(tx, receipt.reference, secret=city.secret)
        tracking.add_information(
            tx, receipt.reference, text, key=key, form_id=receipt.reference, pictures=[shot], town=city.town, now=now
        )
        _write_letter(tx, city, folder, case, text)
    case = city.look(receipt.reference)
    application = city.application(
        words=f"{HARMLESS} {text}",
        name=f"Ayşe {text}",
        address=f"Tacin Mah. {text}",
        kep_number=f"K {text}",
        subject=f"Konu {text}",
    )
    with city.db.transaction() as tx:
        other = cases.by_reference(tx, application.reference)
        assert other is not None
        unit = city.department(ROADS)
        casework.assign(
            tx, other, department_id=unit, assignee_id=None, seen=other.version, by=city.nur, town=city.town, now=now
        )
    rung = city.case("resolved", email="")
    with city.db.transaction() as tx:
        call = stored_post.callbacks_of(tx, rung.id or 0)[0]
        callbacks.finish_call(tx, call, text, by=kemal, now=now)
    return case, city.look(application.reference)


def _answers(city: City, text: str) -> dict[str, tuple[str, ...]]:
    category = city.town.category_by_code("YOL-01")
    assert category is not None
    found = {}
    for each in category.questions:
        if "options" in each:
            found[each["key"]] = (each["options"][-1]["value"],)
        elif each["type"] in ("text", "longtext"):
            found[each["key"]] = (text,)
    return found


def _write_letter(tx: Session, city: City, folder: Path, case: Case, text: str) -> None:
    drafts = correspondence.draft(
        tx, case, "letter", subject=text, words=text, by=city.kemal, town=city.town, now=city.now
    )
    correspondence.send(
        tx,
        case,
        drafts,
        seen=case.version,
        seen_words=correspondence.digest(drafts),
        store=official.store(folder),
        by=city.kemal,
        town=city.town,
        now=city.now,
    )


def _pages(world: World, text: str) -> dict[str, str]:
    """Every page that shows what was stored, by name."""
    case, application = plant(world.city, world.folder, text)
    with world.city.db.reading() as tx:
        found = [(each, tracking.key_for(tx, each.reference, secret=world.city.secret)) for each in (case, application)]
    letter = world.city.papers(case)[0].name
    citizen = world.person("citizen")
    citizen.cookies["erisim"] = ".".join(f"{each.reference}:{key}" for each, key in found)
    nur = world.person("coordinator")
    one, two = case.reference, application.reference
    asked = {
        "citizen: case": (citizen, f"/takip/{one}"),
        "citizen: application": (citizen, f"/takip/{two}"),
        "citizen: receipt": (citizen, f"/alindi/{one}"),
        "citizen: receipt of application": (citizen, f"/alindi/{two}"),
        "citizen: count": (citizen, f"/takip/{two}/sure"),
        "citizen: letter": (citizen, f"/takip/{one}/yazi/{letter}"),
        "desk: case": (nur, f"/masa/basvuru/{one}"),
        "desk: application": (nur, f"/masa/basvuru/{two}"),
        "desk: count": (nur, f"/masa/basvuru/{two}/sure"),
        "desk: letter": (nur, f"/masa/basvuru/{one}/yazi/{letter}"),
        "desk: acts": (nur, f"/masa/basvuru/{two}/islem"),
        "desk: decision": (nur, f"/masa/basvuru/{two}/islem/karar"),
        "desk: search liste": (nur, f"/masa/kuyruk?ara={one}"),
        "desk: queue liste": (nur, "/masa/kuyruk?durum=tumu"),
        "desk: register liste": (nur, "/masa/kayit-defteri"),
    }
    pages = {}
    for name, (who, there) in asked.items():
        answer = world.probe.get(there, who)
        assert answer.status == 200, (name, there, answer.status)
        pages[name] = answer.text
    return pages


def doors(world: World) -> Iterator[tuple[str, str, Form | None]]:
    """Every form on every page with a field to type in, and every address that reads words from itself."""
    application = given(world.city, ROADS)
    road = world.matter("case", ROADS).case
    public = (
        "/bildir",
        "/bildir/yer",
        "/bildir/kim",
        "/takip",
        f"/takip/{road.reference}",
        "/bilgi-edinme",
        "/dilekce",
        "/kisisel-veri",
        "/giris",
    )
    ref, two = f"/masa/basvuru/{road.reference}", f"/masa/basvuru/{application.reference}"
    desk = (
        "/masa/kuyruk",
        "/masa/kayit-defteri",
        ref,
        two,
        f"{ref}/yazi",
        f"{ref}/cimer",
        f"{two}/islem/karar",
        f"{two}/islem/uzatma",
        f"{two}/islem/ucret",
    )
    admin = ("/yonetim/takvim", "/yonetim/sureler")
    for person, addresses in (("stranger", public), ("coordinator", desk), ("administrator", admin)):
        for there in addresses:
            answer = world.probe.get(there, world.person(person))
            page = Page(answer.status, f"http://x{there}", answer.text, {})
            for element in page._tree.iter("form"):
                form = Form(element, page.url)
                if not form.action.endswith("/cikis") and typable(form):
                    yield person, there, form
    for person, there in (
        ("stranger", "/takip?no={}"),
        ("stranger", "/takip/{}"),
        ("stranger", "/alindi/{}"),
        ("stranger", "/giris?sonra={}"),
        ("stranger", "/bildir?konu={}"),
        ("stranger", "/bilgi-edinme?kim={}"),
        ("stranger", "/?dil={}"),
        ("stranger", "/bildir/yer/bul?lat={}&lon={}"),
        ("stranger", "/yok/{}"),
        ("stranger", "/takip?dil=en&x={}"),
        ("coordinator", "/masa/kuyruk?ara={}"),
        ("coordinator", "/masa/kuyruk?durum={0}&birim={0}&sira={0}&konu={0}&mahalle={0}&gorev={0}&sonra={0}"),
        ("coordinator", "/masa/kayit-defteri?tur={0}&yil={0}&sonuc={0}&sonra={0}"),
        ("coordinator", "/masa/rapor/bilgi-edinme?yil={}"),
        ("coordinator", "/masa/basvuru/{}"),
    ):
        yield person, there, None


def _told(world: World, person: str, there: str, form: Form | None, text: str) -> Page:
    visitor = world.person(person)
    if form is None:
        answer = world.probe.get(there.replace("{0}", "{}").replace("{}", quote(text)), visitor)
    else:
        fields = {name: value for name, value in form.values.items()}
        fields |= dict.fromkeys(typable(form), text)
        target = urlsplit(form.action).path
        if form.method == "get":
            answer = world.probe.get(f"{target}?{urlencode(fields)}", visitor)
        else:
            answer = world.probe.post(target, {**fields, "version": "0"}, visitor)
    return Page(answer.status, there, answer.text if answer.kind == "text/html" else "", {})


def typable(form: Form) -> list[str]:
    """The fields of a form that a person types into."""
    kinds = ("text", "search", "email", "tel", "number", "date", "url", "password")
    return [
        name
        for each in form._controls()
        if (name := each.get("name"))
        and (each.tag == "textarea" or (each.tag == "input" and each.get("type", "text") in kinds))
    ]


def written_letters(folder: Path) -> Line:
    """E-mail is plain text: a letter has no part that could hold markup, and its headers stay its own."""
    tried = held = 0
    for each in markup():
        letter = Letter(
            "1@aksaray.example", "ayse@ornek.com.tr", f"Başvurunuz {each}", each, "Çözüm Merkezi", "", clock.now()
        )
        tried += 1
        try:
            raw = bytes(channel.compose(letter, sender="from@aksaray.example", host="aksaray.example"))
        except DeliveryFailed:
            # What would end a header line does not leave at all.
            held += 1
            continue
        parsed = message_from_bytes(raw, policy=policy.default)
        held += [part.get_content_type() for part in parsed.walk()] == ["text/plain"]
    return Line("A2", "letters by e-mail are plain text", tried, held)


def in_a_browser(folder: Path) -> list[Line]:
    """Chromium on a real installation: first in normal use, then with the markup stored."""
    from playwright.sync_api import sync_playwright

    from e2e.browser import SWITCHES, find

    dialogs: list[str] = []
    reports: list[str] = []
    with stage.installation(folder, "sqlite") as place:
        addresses = _stored_in(place)
        place.web.start()
        place.wait_until_serving()
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=find(), args=SWITCHES)
            context = chromium.new_context(base_url=place.url, locale="tr-TR")
            context.add_init_script(_LISTEN)
            page = context.new_page()
            page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
            page.on(
                "console", lambda said: reports.append(said.text) if "Content Security Policy" in said.text else None
            )
            page.goto("/giris")
            page.fill("input[name=email]", "nur@aksaray.example")
            page.fill("input[name=password]", PASSWORD)
            page.click("main button[type=submit]")
            page.wait_for_url("**/masa/**")
            for _kind, there in addresses:
                answer = page.goto(there)
                assert answer is not None
                assert answer.status == 200, (there, answer.status)
                reports += page.evaluate("window.reported || []")
                # Whoever moves about with the keyboard and the mouse wakes what waits for focus.
                page.keyboard.press("Tab")
                page.mouse.move(300, 300)
            chromium.close()
    everything, attacked = len(addresses), sum(kind == "attacked" for kind, _there in addresses)
    return [
        Line(
            "A2",
            "pages opened in Chromium without a report of the policy",
            everything,
            everything - len(reports),
            "; ".join(reports[:2]),
        ),
        Line(
            "A2",
            "pages with stored markup opened in Chromium: nothing ran",
            attacked,
            attacked - len(dialogs),
            "; ".join(dialogs[:2]),
        ),
    ]


_LISTEN = """
    window.reported = []
    addEventListener("securitypolicyviolation", (event) => window.reported.push(event.blockedURI))
"""
_EVERYDAY = (
    "/",
    "/bildir",
    "/bildir/foto",
    "/takip",
    "/bilgi-edinme",
    "/dilekce",
    "/kisisel-veri",
    "/aydinlatma",
    "/erisilebilirlik",
    "/masa/kuyruk",
    "/masa/kayit-defteri",
    "/masa/rapor/bilgi-edinme",
)


def _stored_in(place: stage.Installation) -> list[tuple[str, str]]:
    """Stores harmless words and markup; answers with what to open."""
    settings = place.settings
    db = Database(settings.database_url)
    city = City(db)
    city.now, city.secret = clock.now(), settings.secret
    found = [("normal", there) for there in _EVERYDAY]
    for text in [HARMLESS, *(" ".join(each) for each in list(grouped(markup(), MOST_LETTERS))[::_ONE_IN])]:
        kind = "normal" if text == HARMLESS else "attacked"
        for case in plant(city, settings.data_dir, text):
            with db.reading() as tx:
                key = tracking.key_for(tx, case.reference, secret=settings.secret)
            found += [(kind, f"/takip/{case.reference}?k={key}"), (kind, f"/masa/basvuru/{case.reference}")]
            found += [(kind, f"/takip/{case.reference}/sure")]
    found.append(("attacked", "/masa/kuyruk?durum=tumu"))
    found.append(("attacked", "/masa/kayit-defteri"))
    db.close()
    return found


# A page in a browser takes a hundred times what it takes to read one; every fourth group of texts is opened.
_ONE_IN = 4


if __name__ == "__main__":
    sys.exit(main())
