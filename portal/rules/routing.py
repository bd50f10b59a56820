"""What a text is about, and how urgent it is.

Keywords are rows of the town, written the way people speak. People inflect, shorten and misspell them, so words are
compared by their beginnings, and rare words say more than common ones. Nothing is learned from anybody's letters.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

# The answers that make anything urgent: danger, an injured person, an attack.
_ALARMS = frozenset({"tehlike", "yarali", "saldiri"})


class Topic(Protocol):
    """A category as a text can mention it: its name, and keywords parted by "|"."""

    @property
    def code(self) -> str: ...
    @property
    def name_tr(self) -> str: ...
    @property
    def keywords(self) -> str: ...


@dataclass(frozen=True)
class Suggestion:
    """A category the text may be about; the higher the score, the surer."""

    code: str
    score: float


def priority_for(category_priority: str, answers: Mapping[str, Iterable[str]]) -> str:
    """The category's own priority, unless an answer says that somebody is in danger."""
    alarmed = any("evet" in (answers.get(key) or ()) for key in _ALARMS)
    return "urgent" if alarmed else category_priority


class Router:
    """Knows the words of every category; prepared once, asked often."""

    def __init__(self, topics: Iterable[Topic], fold: Callable[[str], str]) -> None:
        self._fold = fold
        self._phrases = [phrase for topic in topics for phrase in _phrases(topic, fold)]
        self._spoken_by = _speakers(self._phrases)
        self._starts = _by_start(self._spoken_by)
        self._weights = self._weigh()

    def suggest(self, text: str, *, most: int = 3) -> list[Suggestion]:
        """The likeliest categories, the likeliest first; none rather than a guess."""
        heard = self._listen(_without_misleading(_words(self._fold(text)))[:_MOST_WORDS])
        evidence: dict[str, list[_Evidence]] = defaultdict(list)
        for number in {number for term in heard for number in self._spoken_by[term]}:
            phrase = self._phrases[number]
            evidence[phrase.code].append(self._best_place(phrase, heard))
        ranked = sorted((Suggestion(code, _sum(found)) for code, found in evidence.items()), key=_surest_first)
        return [each for each in ranked[:most] if each.score >= max(_FLOOR, _NEAR_BEST * ranked[0].score)]

    def _listen(self, words: Sequence[str]) -> "_Heard":
        """Which known terms are in the text, where, and how clearly."""
        heard: _Heard = defaultdict(list)
        for place, word in enumerate(words):
            for term in self._starts.get(word[:2], ()):
                if likeness := _likeness(term, word):
                    heard[term].append((place, likeness))
        return heard

    def _best_place(self, phrase: "_Phrase", heard: "_Heard") -> "_Evidence":
        """The stretch of text where most of the phrase stands close together."""
        anchors = {place for term in phrase.terms for place, _ in heard.get(term, ())}
        return max((self._evidence_near(anchor, phrase, heard) for anchor in anchors), key=lambda found: found.value)

    def _evidence_near(self, anchor: int, phrase: "_Phrase", heard: "_Heard") -> "_Evidence":
        reach = len(phrase.terms) - 1 + _SLACK
        said, whole, places = 0.0, 0.0, set[int]()
        for term in phrase.terms:
            whole += self._weights[term]
            near = [
                (likeness, -abs(place - anchor), place)
                for place, likeness in heard.get(term, ())
                if abs(place - anchor) <= reach and place not in places
            ]
            if near:
                likeness, _, place = max(near)
                said += likeness * self._weights[term]
                places.add(place)
        return _Evidence(phrase.weight * said * said / whole, frozenset(places))

    def _weigh(self) -> dict[str, float]:
        """A term that few categories use says much, one that many use says little."""
        codes = {term: {self._phrases[number].code for number in numbers} for term, numbers in self._spoken_by.items()}
        everyone = len({phrase.code for phrase in self._phrases}) + 1
        weights = {}
        for term in codes:
            akin = (other for other in self._starts[term[:2]] if _likeness(term, other) or _likeness(other, term))
            shared = set[str]().union(*(codes[other] for other in akin))
            weights[term] = math.log(everyone / len(shared)) * (_WEAK if term in _EVERYDAY else 1.0)
        return weights


@dataclass(frozen=True)
class _Phrase:
    code: str
    terms: tuple[str, ...]
    weight: float


@dataclass(frozen=True)
class _Evidence:
    value: float
    places: frozenset[int]


_Heard = dict[str, list[tuple[int, float]]]

_MOST_WORDS = 120
_SLACK = 3
_FLOOR = 2.0
_NEAR_BEST = 0.35
_NAME = 0.8
_FURTHER = 0.7
_WEAK = 0.4
_LONG_TERM = 5

_WORD = re.compile(r"[a-z0-9]{2,}")
_NAME_PARTS = re.compile(r",|\(|\)| veya | ve ")
# A final consonant softens before a vowel (kapak, kapağı; kitap, kitabı), so each pair is one letter here.
_SOFTENED = str.maketrans("gbd", "kpt")
# What may follow a short word that is the same word still: "kar" is in "karlar" and "karda", not in "karşı".
_OWNER = r"[iu]m[iu]z|[iu]n[iu]z|[iu]m|[iu]n|[iu]"
_CASE = r"(n[iu]n|[yn]?[iu]|[yn]?[ae]|n?t[ae]n?|[iu]n|y?l[ae]|c[iu]|l[iu]|s[iu]z|y[iu]z|k[iu])?"
_AFTER_CONSONANT = re.compile(rf"(l[ae]r)?({_OWNER})?{_CASE}")
_AFTER_VOWEL = re.compile(rf"(l[ae]r)?({_OWNER}|s[iu])?{_CASE}")


def _spelled(words: str) -> frozenset[str]:
    return frozenset(word.translate(_SOFTENED) for word in words.split())


# Words every letter to a town hall may hold, whatever it is about.
_EVERYDAY = _spelled(
    "var yok istiyorum istiyoruz bekliyoruz istek talep talebi gun gunu saat diger sorun sorunlari alan alani sistem "
    "bilgi durum durumu konu konudaki islem islemleri isleri hizmet hizmetleri kotu cok yeni eski geldi geldim geciyor "
    "gecmiyor gelmiyor yapilmadi yapilmiyor edilmiyor oldu oluyor destek destegi sosyal arac"
)
# How people address a town hall; "yardımcı olun" asks for no food parcel and "başkanım" for no appointment.
_COURTESY = _spelled("baskanim baskan sayin yardimci rica arz saygilar selamlar")
# "Pazar" is also Sunday.
_MISLEADING = frozenset(
    ("pazar".translate(_SOFTENED), after.translate(_SOFTENED)) for after in ("gunu", "gunleri", "sabahi", "aksami")
)


def _phrases(topic: Topic, fold: Callable[[str], str]) -> Iterator[_Phrase]:
    for keyword in topic.keywords.split("|"):
        if terms := tuple(dict.fromkeys(_words(fold(keyword)))):
            yield _Phrase(topic.code, terms, 1.0)
    for part in _NAME_PARTS.split(topic.name_tr):
        if terms := tuple(dict.fromkeys(_words(fold(part)))):
            yield _Phrase(topic.code, terms, _NAME)


def _speakers(phrases: Sequence[_Phrase]) -> dict[str, set[int]]:
    speakers: dict[str, set[int]] = defaultdict(set)
    for number, phrase in enumerate(phrases):
        for term in phrase.terms:
            speakers[term].add(number)
    return dict(speakers)


def _by_start(terms: Iterable[str]) -> dict[str, list[str]]:
    starts: dict[str, list[str]] = defaultdict(list)
    for term in terms:
        starts[term[:2]].append(term)
    return dict(starts)


def _words(folded: str) -> list[str]:
    return [word.translate(_SOFTENED) for word in _WORD.findall(folded)]


def _without_misleading(words: list[str]) -> list[str]:
    pairs = zip(words, [*words, ""][1:], strict=True)
    return ["" if word in _COURTESY or (word, after) in _MISLEADING else word for word, after in pairs]


def _likeness(term: str, word: str) -> float:
    """How surely the word is a form of the term: 1 for the same, 0 for another word."""
    if term == word:
        return 1.0
    if word.startswith(term):
        suffixes = _AFTER_VOWEL if term[-1] in "aeiou" else _AFTER_CONSONANT
        is_same = len(term) >= _LONG_TERM or suffixes.fullmatch(word, len(term))
        return 0.95 if is_same else 0.0
    if len(term) < _LONG_TERM:
        return 0.0
    shared = _shared_start(term, word)
    shorter = min(len(term), len(word))
    if shared >= max(_LONG_TERM, 0.7 * shorter):
        return 0.8
    return 0.75 if shared >= 4 and shared >= shorter - 1 and abs(len(term) - len(word)) <= 3 else 0.0


def _shared_start(one: str, other: str) -> int:
    for place, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return place
    return min(len(one), len(other))


def _sum(found: list[_Evidence]) -> float:
    """The best evidence in full, and a part of what further words add; a word that was counted adds nothing."""
    total, counted, share = 0.0, set[int](), 1.0
    for each in sorted(found, key=lambda evidence: (-evidence.value, sorted(evidence.places))):
        new = each.places - counted
        total += share * each.value * len(new) / len(each.places)
        counted |= new
        share = _FURTHER
    return total


def _surest_first(suggestion: Suggestion) -> tuple[float, str]:
    return -suggestion.score, suggestion.code
