from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.rules import applications
from portal.rules.applications import CMS, PDF, Enclosed, Form

INFORMATION = Form(
    kind="information",
    words="2026 yılında park yapımına harcanan toplam tutarı istiyorum.",
    signature="counter",
    name="Ayşe Yılmaz",
    address="Tacin Mah. 4516. Sok. No: 12/3, Merkez/Aksaray",
    national_id="10000000146",
    email="ayse@ornek.com.tr",
    access="copy",
)
PETITION = replace(INFORMATION, kind="petition", subject="Kaldırımın onarılması", national_id="", access="")
PERSONAL_DATA = replace(
    INFORMATION, kind="personal_data", access="", rights=("learn",), relation="resident", is_in_turkish=True
)
COMPANY = replace(
    INFORMATION,
    is_legal_person=True,
    title="Hasandağı Gıda Ltd. Şti.",
    national_id="",
    enclosed=(Enclosed("authority", PDF),),
)
SCAN = Enclosed("signature", "image/jpeg")


@pytest.mark.parametrize(
    "form", [INFORMATION, PETITION, PERSONAL_DATA, COMPANY, replace(COMPANY, kind="petition", subject="Tabela izni")]
)
def test_a_complete_form_is_taken(form: Form):
    assert applications.problems(form) == {}


@pytest.mark.parametrize(
    ("form", "changed", "wrong"),
    [
        (INFORMATION, {"name": "Ayşe"}, {"name"}),
        (INFORMATION, {"name": "A Y"}, {"name"}),
        (INFORMATION, {"name": "A" * 80 + " " + "B" * 80}, {"name"}),
        (INFORMATION, {"address": "Tacin"}, {"address"}),
        (INFORMATION, {"address": "x" * 301}, {"address"}),
        (INFORMATION, {"national_id": ""}, {"national_id"}),
        (INFORMATION, {"national_id": "10000000147"}, {"national_id"}),
        (INFORMATION, {"national_id": "", "nationality": "Almanya"}, {"document_number"}),
        (INFORMATION, {"national_id": "", "document_number": "C01X00T47"}, {"nationality"}),
        (INFORMATION, {"email": "", "phone": ""}, {"email"}),
        (INFORMATION, {"email": "ayse"}, {"email"}),
        (INFORMATION, {"email": "", "phone": "0532 123 45 67", "access": "email"}, {"email"}),
        (INFORMATION, {"words": "park"}, {"words"}),
        (INFORMATION, {"words": "x" * 8001}, {"words"}),
        (INFORMATION, {"access": ""}, {"access"}),
        (INFORMATION, {"access": "fax"}, {"access"}),
        (INFORMATION, {"signature": ""}, {"signature"}),
        (INFORMATION, {"signature": "registered_email"}, {"signature"}),
        (INFORMATION, {"signature": "paper"}, {"signature"}),
        (INFORMATION, {"signature": "scan"}, {"file_signature"}),
        (INFORMATION, {"signature": "e_signature", "enclosed": (SCAN,)}, {"file_signature"}),
        (INFORMATION, {"signature": "kep"}, {"kep_address", "kep_number"}),
        (PETITION, {"subject": ""}, {"subject"}),
        (PETITION, {"subject": "Dilekçe"}, {"subject"}),
        (PETITION, {"subject": "ŞİKAYET İSTEK"}, {"subject"}),
        (PETITION, {"subject": "x" * 141}, {"subject"}),
        (PETITION, {"address": ""}, {"address"}),
        (PERSONAL_DATA, {"rights": ()}, {"rights"}),
        (PERSONAL_DATA, {"rights": ("learn", "everything")}, {"rights"}),
        (PERSONAL_DATA, {"relation": ""}, {"relation"}),
        (PERSONAL_DATA, {"is_in_turkish": False}, {"is_in_turkish"}),
        (PERSONAL_DATA, {"signature": "registered_email", "email": "", "phone": "0532 123 45 67"}, {"email"}),
        (PERSONAL_DATA, {"is_legal_person": True}, {"kim"}),
        (COMPANY, {"title": ""}, {"title"}),
        (COMPANY, {"tax_number": "123"}, {"tax_number"}),
        (COMPANY, {"name": ""}, {"name"}),
        (COMPANY, {"enclosed": ()}, {"file_authority"}),
        (COMPANY, {"enclosed": (SCAN,)}, {"file_authority"}),
    ],
)
def test_what_is_missing_or_wrong_is_named_by_its_field(form: Form, changed: dict, wrong: set):
    found = applications.problems(replace(form, **changed))

    assert set(found) == wrong
    assert all(no.field == field for field, no in found.items())


def test_everything_is_said_at_once():
    found = applications.problems(Form(kind="information", words="", signature=""))

    assert set(found) == {"name", "address", "national_id", "email", "words", "access", "signature"}


def test_a_petitioner_is_not_asked_for_a_national_id():
    assert applications.problems(PETITION) == {}
    assert not applications.asks(PETITION, "national_id")


def test_a_foreigner_shows_a_passport_instead():
    form = replace(INFORMATION, national_id="", nationality="Almanya", document_number="c01x 00t47").as_asked()

    assert applications.problems(form) == {}
    assert form.document_number == "C01X00T47"


@pytest.mark.parametrize(
    ("signature", "more"),
    [
        ("scan", {"enclosed": (SCAN,)}),
        ("e_signature", {"enclosed": (Enclosed("signature", CMS),)}),
        ("e_signature", {"enclosed": (Enclosed("signature", PDF),)}),
        ("kep", {"kep_address": "ayse.yilmaz@hs01.kep.tr", "kep_number": "4711"}),
        ("counter", {}),
        ("this_form", {}),
        ("registered_email", {}),
    ],
)
def test_every_way_to_sign_is_complete_with_what_belongs_to_it(signature: str, more: dict):
    assert applications.problems(replace(PERSONAL_DATA, signature=signature, **more)) == {}


def test_paper_comes_through_a_colleague_and_may_be_answered_by_post():
    form = replace(INFORMATION, signature="paper", email="")

    assert applications.problems(form, at_desk=True) == {}
    assert set(applications.problems(form)) == {"email", "signature"}


def test_what_is_not_asked_is_not_kept():
    form = replace(PETITION, national_id="10000000146", access="copy", rights=("learn",), kep_number="1").as_asked()

    assert (form.national_id, form.access, form.rights, form.kep_number) == ("", "", (), "")
    assert (form.subject, form.name) == (PETITION.subject, PETITION.name)


@given(some.text(max_size=200), some.sampled_from(list(applications.KINDS)))
def test_no_text_breaks_the_rules(text: str, kind: str):
    form = Form(kind, text, text, name=text, address=text, subject=text, national_id=text, email=text, kep_address=text)

    found = applications.problems(form.as_asked())

    assert "signature" in found
