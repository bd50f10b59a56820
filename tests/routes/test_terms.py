"""The numbers the rules count with are the town's to set, within bounds, and the doubtful ones are marked."""

import re

import pytest

from db.queries import town as stored
from portal.rules import laws
from tests.desk import Office
from tests.web import Browser, Page

TERMS = "/yonetim/sureler"


def administrator(office: Office) -> Browser:
    return office.browser(office.city.selin, TERMS)


def facts(office: Office) -> dict[str, str]:
    with office.city.db.reading() as tx:
        return stored.facts(tx)


def marked(page: Page) -> int:
    return len(re.findall(r'badge--warn">Hukuk birimine danışın', page.html))


def test_every_doubtful_number_is_marked(office: Office):
    page = administrator(office).page

    assert marked(page) == sum(not each.is_certain for each in laws.TERMS.values())
    # The fee's effect has a note of its own.
    assert page.words.count("Hukuk birimine danışın") == marked(page) + 1


def test_a_number_is_set_and_the_rules_use_it(office: Office):
    page = administrator(office).send(term_objection="20", fee_effect="restart")

    assert "Süreler kaydedildi." in page.words
    assert laws.term(facts(office), "objection") == 20
    assert laws.fee_restarts(facts(office))
    assert "Önerilen: 15 iş günü" in page.words
    # This very process uses it at once.
    town = office.client.app.state.book.town(now=office.city.now)
    assert laws.term(town.facts, "objection") == 20


def test_the_proposed_number_again_is_kept_nowhere(office: Office):
    browser = administrator(office)
    browser.send(term_objection="20")

    browser.send(term_objection="15")

    assert "term_objection" not in facts(office)


@pytest.mark.parametrize("typed", ["", "0", "-3", "15,5", "abc", "366", "99999999", "٣"])
def test_a_number_out_of_bounds_is_refused_at_its_field(office: Office, typed: str):
    page = administrator(office).send(term_objection=typed, term_court="61")

    assert page.status == 422
    assert "İtirazın yanıtlanması: 1 ile 365 arasında bir tam sayı girin." in page.words
    assert 'id="term_objection-error"' in page.html
    assert page.form({"term_court": ""}).values["term_court"] == "61"
    assert "term_court" not in facts(office)


def test_an_unknown_effect_is_refused(office: Office):
    page = administrator(office).send(fee_effect="never")

    assert page.status == 422
    assert "Ücret bildiriminin süreye etkisini seçin." in page.words


def test_of_two_administrators_the_second_is_told(office: Office):
    first, second = administrator(office), administrator(office)
    first.send(term_objection="20", term_silence="31")

    page = second.send(term_objection="25", term_court="61")

    assert page.status == 422
    assert "şimdi 20" in page.words
    assert laws.term(facts(office), "objection") == 20
    # What was typed stays, what was left alone shows how it stands now, and sending it again is an answer.
    second.send(term_objection="25")
    assert laws.term(facts(office), "objection") == 25
    assert laws.term(facts(office), "court") == 61
    assert laws.term(facts(office), "silence") == 31


def test_what_another_administrator_set_is_not_set_back_unread(office: Office):
    first, second = administrator(office), administrator(office)
    first.send(term_objection="20")

    second.send(term_court="61")

    assert laws.term(facts(office), "objection") == 20
    assert laws.term(facts(office), "court") == 61


def test_each_topic_shows_its_target_and_its_law(office: Office):
    words = administrator(office).page.words

    category = office.city.town.category_by_code("YOL-01")
    assert category is not None
    assert category.name_tr in words
    assert category.legal_basis in words
