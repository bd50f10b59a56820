"""Where a point lies: in which neighbourhood or, outside the town, whose land it is."""

from dataclasses import dataclass

from db.models import Neighbourhood
from portal.rules import places
from portal.rules.refusal import Refused
from portal.services.townbook import Surrounding, Town


@dataclass(frozen=True)
class Whereabouts:
    """A neighbourhood of ours, or the land around us, or neither: then it is far away."""

    neighbourhood: Neighbourhood | None = None
    surrounding: Surrounding | None = None

    @property
    def is_ours(self) -> bool:
        return self.neighbourhood is not None


def locate(town: Town, lat: float, lon: float) -> Whereabouts:
    """Where the point lies; at the very edge of the town, a few hundred metres are forgiven."""
    own = [each for each in town.neighbourhoods.values() if each.is_active]
    if found := places.find(own, lat, lon):
        return Whereabouts(neighbourhood=found)
    return Whereabouts(surrounding=places.find(town.surroundings, lat, lon, near=0))


def outside(town: Town, where: Whereabouts, *, language: str) -> Refused:
    """The sentence for a place that is not ours: it names who is competent there."""
    if where.surrounding is None:
        return Refused(
            "Bu konum %(place)s sınırlarının çok uzağında. Sorunun bulunduğu yerin belediyesine başvurun.",
            "neighbourhood",
            place=town.facts.get("place", town.name),
        )
    authority = where.surrounding.authority_en if language == "en" else where.surrounding.authority_tr
    return Refused(
        "Bu konum belediyemizin sınırları dışında kalıyor (%(place)s). Orada yetkili olan: %(authority)s.",
        "neighbourhood",
        place=where.surrounding.name,
        authority=authority,
    )
