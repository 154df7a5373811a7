"""Which languages a text may be in: by script, then by frequent words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from holdfast.safety.engine.screen.normalise import canonical, fold

SUPPORTED: Final = ("en", "es", "de", "fr", "pt", "ar", "zh", "hi")
LATIN: Final = ("en", "es", "de", "fr", "pt", "hi")  # Hindi is typed in Latin letters too

# Frequent words. Languages that the screen was not made for are here to be told from the others.
_FREQUENT: Final = {
    "en": "the be is are was and i you he she it we they my me your to of in that for on with not"
    " have has do does did don't i'm it's can't this what how so but if just want when at all will"
    " would can get know like feel no please am been about who why because there from up out",
    "es": "el la los las un una de que y en es no se por con para me mi te lo le su como más pero"
    " si yo tu está estoy esto muy ya porque cuando todo nada qué soy tengo quiero hay del al ella"
    " él ser hacer también siento mis nos he ha fue hoy",
    "de": "der die das ein eine einen ich du er sie es wir ihr und ist nicht zu mit auf den dem von"
    " für im mir mich mein meine auch wie was so aber wenn noch nur hab habe bin kann will schon"
    " mehr dass doch hat sind war ja nein bei nach aus alles immer jetzt nichts werden",
    "fr": "le la les un une des de et est je tu il elle nous vous ils que qui ne pas en dans pour"
    " ce cette mon ma mes sur avec plus au aux du se si mais j'ai c'est suis ai tout rien bien fait"
    " comme quand moi où ça être avoir veux peux son sa leur était même j' d' qu' n' c' s' l'",
    "pt": "o a os as um uma de que e em é não se por com para me meu minha te eu você ele ela do da"
    " no na dos das mas mais como ao isso está estou tá muito já porque quando tudo nada sou tenho"
    " quero pra pro foi ser vc também sinto hoje estar nem tem ou",
    "hi": "hai hain mai main mujhe mera meri mere tum aap kya nahi nhi nahin ka ki ke ko se aur bhi"
    " ho hu hoon hun raha rahi tha thi kar karna kuch koi bahut bohot sab ab yeh ye woh wo kyu kyun"
    " jo toh mein par jab kaise apne apni liye karta karti gaya yaar",
    "it": "il lo la gli un una di che e è non si per con mi mio mia sono ho hai ha come più ma io"
    " della del nel alla anche questo quando tutto niente perché voglio sei ci molto",
    "nl": "de het een en is ik jij je hij zij wij niet dat van in op te met voor mijn maar als ook"
    " naar heb ben wat er zo nog wel geen kan wil meer dit bij aan om door",
    "pl": "i w na nie się z do to że jest jak o co ja ty on ona mi mnie tak ale po już tylko jestem"
    " czy dla mam być mój moje przez chcę",
    "tr": "ve bir bu da de için çok ben sen o ne var yok ama gibi daha mi ile her kadar bana beni"
    " değil istiyorum artık hiç şey olarak",
    "sv": "och att det i en jag du är inte på som för med har av den till om så men vad kan vi mig"
    " min ett var han hon ska nu bara",
    "ro": "și să nu de la în este o un pe cu mai ce am că mă sunt eu tu dar din pentru ca vreau"
    " fost tot acum când",
    "id": "yang dan di itu ini saya aku kamu tidak untuk dengan dari ada apa akan bisa sudah mau ke"
    " gak nggak tapi juga kalau lagi sangat ingin",
    "vi": "tôi là không và của có cho một được này với anh em người đã trong những các thì mà bạn"
    " cũng đi muốn rất",
    "tl": "ang ng sa na ako ko mo ka ay mga hindi ba kung lang naman po si siya ito gusto para din",
    "sw": "na ya wa ni kwa katika mimi wewe yeye sana kama hii lakini sitaki nataka si nina",
}
# Real words one slip away from a word that rules take misspellings for ("contarme": "tell me").
SPELT: Final = (
    "contarme portarme costarme despertad desertar suicida suicido"  # es
    " streben sterbe werben derben aufmachen aufwachsen erwachen umbringe mitbringen"  # de
    " medicament suicida remedio remediar comprimido"  # fr, pt
    " suicided overdosed goodbyes painkiller"  # en
)
# Letters that no text of a supported language has (or hardly), by script.
_OTHER_SCRIPTS: Final = re.compile(
    r"[\u0370-\u03ff\u0400-\u052f\u0530-\u058f\u0590-\u05ff\u0980-\u0dff\u0e00-\u0fff"
    r"\u10a0-\u10ff\u1200-\u137f\u1780-\u17ff\u3040-\u30ff\uac00-\ud7af]"
)
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_ARABIC: Final = re.compile(r"[\u0620-\u064a]")
_NOT_ARABIC: Final = re.compile(
    r"[\u0679\u067e\u0686\u0688\u0691\u0698\u06a9\u06af\u06be\u06cc\u06d2]"
)
_DEVANAGARI: Final = re.compile(r"[\u0905-\u0939]")
_LATIN: Final = re.compile(r"[a-zA-Z\u00c0-\u024f\u1e00-\u1eff\uff21-\uff5a]")


def _words(line: str) -> frozenset[str]:
    return frozenset(canonical(fold(word)[0]) for word in line.split())


FREQUENT: Final[Mapping[str, frozenset[str]]] = {
    language: _words(line) for language, line in _FREQUENT.items()
}
LANGUAGES_OF: Final[Mapping[str, tuple[str, ...]]] = {
    word: tuple(language for language, words in FREQUENT.items() if word in words)
    for word in frozenset().union(*FREQUENT.values())
}


_CERTAIN: Final = 4  # frequent words of one language that settle which it is


def absent_from(words: Iterable[str], languages: tuple[str, ...]) -> frozenset[str]:
    """The languages in Latin letters that a text is certainly not in, and holds none of.

    Where `languages` (of `languages_of`) leads with many frequent words of its own and another has
    one at most, that other's phrases would only meet chance likenesses.
    """
    if not languages or languages[0] not in LATIN:
        return frozenset()
    counts = dict.fromkeys(LATIN, 0)
    for word in words:
        for language in LANGUAGES_OF.get(word, ()):
            if language in counts:
                counts[language] += 1
    if counts[languages[0]] < _CERTAIN:
        return frozenset()
    return frozenset(one for one in LATIN if counts[one] <= 1 and one not in languages)


def base_language(locale: str | None) -> str | None:
    """The language of a locale: "pt" of "pt-BR"."""
    return locale.replace("_", "-").split("-")[0].lower() if locale else None


def languages_of(
    text: str, words: Iterable[str], locale: str | None = None
) -> tuple[tuple[str, ...], bool]:
    """(languages whose rules fit, most likely first; whether the text's own language is supported).

    `words` are the text's, canonical. Where the text says too little, the locale decides; without
    one, all languages of its script fit.
    """
    found: list[str] = []
    foreign = False
    if not text.isascii():
        letters = {
            "zh": len(_HAN.findall(text)),
            "ar": len(_ARABIC.findall(text)),
            "hi": len(_DEVANAGARI.findall(text)),
        }
        others = len(_OTHER_SCRIPTS.findall(text))
        latin = len(_LATIN.findall(text))
        found = [one for one, count in letters.items() if count]
        foreign = others > latin + letters["ar"] + letters["hi"] and others * 4 > letters["zh"]
        foreign = foreign or (letters["ar"] > latin and bool(_NOT_ARABIC.search(text)))
        if not latin:
            return tuple(found), not foreign and (bool(found) or _fits(locale, ()))
    counts: dict[str, int] = {}
    for word in words:
        for language in LANGUAGES_OF.get(word, ()):
            counts[language] = counts.get(language, 0) + 1
    best = max(counts.values(), default=0)
    ranked = sorted(counts, key=lambda one: -counts[one])
    known = [one for one in ranked if one in SUPPORTED]
    if best and not known:
        foreign = foreign or best >= 2
    elif best:
        foreign = foreign or (counts[known[0]] * 3 <= best * 2 and best >= 3)
    own = base_language(locale)
    fitting = [one for one in known if counts[one] * 2 >= counts[known[0]]] if known else []
    if not fitting:
        fitting = [own] if own in LATIN else list(LATIN)
    elif own in LATIN and own not in fitting and best < 3:
        fitting.append(own)
    supported = not foreign and (bool(known) or _fits(locale, LATIN))
    return tuple(dict.fromkeys([*found, *fitting])), supported or bool(found and not foreign)


def _fits(locale: str | None, scripts: tuple[str, ...]) -> bool:
    """Whether a text that says nothing of its language counts as supported."""
    own = base_language(locale)
    return own is None or own in SUPPORTED
