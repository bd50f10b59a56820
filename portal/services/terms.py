"""The numbers the rules count with, as the town has set them."""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from sqlmodel import Session

from db.queries import town as stored
from portal.rules import laws, permissions
from portal.rules.permissions import Actor
from portal.rules.refusal import Refused

log = structlog.get_logger()


@dataclass(frozen=True)
class Setting:
    """What somebody typed for a term, and what stood there when they began."""

    typed: str
    seen: str


def save(tx: Session, terms: Mapping[str, Setting], fee_effect: Setting, *, by: Actor) -> list[str]:
    """Set the terms that were changed, all or none; answers their names, and writes to the log who changed what.

    A number that is the proposed one again is kept nowhere, so that a later release may correct it.
    """
    permissions.require(by, "town.manage")
    facts = stored.facts(tx)
    changed: dict[str, tuple[str, str]] = {}
    for name, term in laws.TERMS.items():
        if (setting := terms.get(name)) is None or setting.typed == setting.seen:
            continue
        value = _number(term, setting.typed)
        _check_seen(f"term_{name}", laws.term(facts, name), setting)
        changed[f"term_{name}"] = (str(laws.term(facts, name)), "" if value == term.value else str(value))
    if fee_effect.typed != fee_effect.seen:
        if fee_effect.typed not in laws.FEE_EFFECTS:
            raise Refused("Ücret bildiriminin süreye etkisini seçin.", field=laws.FEE_EFFECT)
        changed[laws.FEE_EFFECT] = (facts.get(laws.FEE_EFFECT, ""), fee_effect.typed)
    for name, (before, after) in changed.items():
        if after:
            stored.put_fact(tx, name, after)
        else:
            stored.forget_fact(tx, name)
        log.info("setting changed", name=name, before=before, after=after, by=by.id)
    return list(changed)


def _number(term: laws.Term, typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and term.least <= int(typed) <= term.most):
        raise Refused(
            "%(term)s: %(least)s ile %(most)s arasında bir tam sayı girin.",
            field=f"term_{term.name}",
            term=term.label,
            least=term.least,
            most=term.most,
        )
    return int(typed)


def _check_seen(field: str, stands: int, setting: Setting) -> None:
    if setting.seen != str(stands) and setting.typed != str(stands):
        raise Refused(
            "Bu sayıyı siz bakarken başka bir yönetici değiştirdi; şimdi %(now)s. Yine de değiştirmek için yeniden "
            "kaydedin.",
            field=field,
            now=stands,
        )
