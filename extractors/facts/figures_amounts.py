"""One amount around one numeral: sign, magnitude, percent sign, currency word, "times"."""

import re
from dataclasses import dataclass, replace
from typing import Final

from extractors.facts import figures_lexicon as lexicon
from extractors.facts.figures_numbers import fraction_after, myriads_after, number_value, spelt_digit_before

_LONGEST_NUMERAL: Final = 24
_LONGEST_SIGN: Final = 8
#: "52 won" is a verb, "52,000 won" is money; nobody writes 1,000 pence.
_FEW: Final = 1000
_SCREEN_LINES: Final = frozenset({480.0, 720.0})
_CENT: Final = 0.01
#: After "m" these make it metres.
_METRES: Final = re.compile(
    r"\s(?:long|high|deep|wide|tall|away|above|below|from|of|race|sprint|hurdles|relay|butterfly|freestyle|"
    r"final|backstroke)\b"
)
_NOUN_NEXT: Final = re.compile(r"\s(?:[a-z]{2,}[a-ce-z]\s)?(?:[a-z]{3,}s|people|men|women|children)\b")
_COMPARED: Final = (
    r"more|less|fewer|as|the|higher|lower|bigger|larger|smaller|faster|slower|greater|stronger|better|"
    r"worse|cheaper|longer"
    r"|likelier|that|what|its|their|his|her|[a-z]{3,}er|earnings|revenue|sales"
)
_TIMES: Final = re.compile(
    rf"[\s-](?:times\s(?=(?:{_COMPARED})\b)|fois\s(?=plus|moins|supérieur)|veces\s(?=más|menos|superior|mayor)"
    r"|vezes\s(?=mais|menos|maior)|volte\s(?=più|meno|superiore)|mal\s(?=so\s|mehr|höher|größer|schneller|weniger)"
    r"|-?fach(?:e[nrs]?)?(?![^\W\d_])|раз[а]?\s(?=больше|меньше|выше|ниже|дешевле)|keer\s(?=zo|meer)|"
    r"gånger\s(?=så|fler|mer))"
    r"|[\s-]?fold\b|[x×](?![\w×])|-?fach(?:e[nrs]?)?(?![^\W\d_])|倍|배(?![가-힣]{2})"
)
_FACTOR: Final = re.compile(
    r"(?:factor\sof|facteur\sde|factor\sde|Faktor(?:\svon)?|fattore\sdi)\s(?:about\s|around\s|nearly\s|"
    r"roughly\s|some\s|almost\s|rund\s|environ\s|up\sto\s)?$"
    r"|(?:multiplied\sby|multipli\w+\spar|multiplic\w+\spor|moltiplic\w+\sper|divided\sby|divis\w+\spar|"
    r"divid\w+\s(?:por|entre))\s$",
    re.IGNORECASE,
)
_RAZ_BEFORE: Final = re.compile(r"[вВ]\s$")
_RAZ: Final = re.compile(r"\sраза?(?![^\W\d_])")
_POUNDS: Final = re.compile(r"[\s-]pounds?\b(?:\ssterling)?", re.IGNORECASE)
_FRANCS: Final = re.compile(
    r"[\s-](?:de\s)?(?:francs?|kroner|kronor|kronur|pesos|crowns|couronnes|coronas|Kronen|corone|coroas)(?![^\W\d_])",
    re.IGNORECASE,
)
_CROWN: Final = re.compile(r"kron|crown|couron|coro", re.IGNORECASE)
_CROWN_LANDS: Final = re.compile(
    r"(?P<SEK>suéd|schwed|swed|suec[oia]|svezi|svedes)|(?P<NOK>norv[eè]g|norweg|norway|norueg)|"
    r"(?P<DKK>danois|danemark|danish|denmark|dänisch|dänemark|dan[eé]s|dinamar)|(?P<CZK>tch[eè]qu|czech|tschech|chec[oa])",
    re.IGNORECASE,
)
_SIGHT: Final = 1500
_PENCE: Final = re.compile(r"p\b(?!\w)")
_EURO_CENTS: Final = frozenset({"de", "fr", "es", "it", "nl", "pt", "fi", "el"})
_FULL_DOLLARS: Final = frozenset({"USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD", "MXN", "ARS", "CLP", "COP", "UYU"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is known of the whole text before an amount is read."""

    #: ISO 639-1 or "".
    language: str
    #: ISO 4217 of a bare "$".
    currency: str
    #: The text uses "£", so that "pounds" and "p" are money.
    has_pounds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A numeral with what belongs to it; ``kind`` is None for a number of something not yet known."""

    start: int
    end: int
    value: float
    kind: str | None = None
    unit: str | None = None
    currency: str | None = None
    is_implied: bool = False
    is_damaged: bool = False
    #: Bounds of the bare numeral.
    number_start: int
    number_end: int
    #: A word such as "million" or a myriad stands with it.
    has_magnitude: bool = False
    #: The magnitude itself, for "5 to 10 million".
    factor: float = 1.0


def read_amount(text: str, start: int, end: int, *, setting: Setting) -> Amount | None:
    """Return the amount around the numeral ``text[start:end]``, or None where the numeral is part of a name or code."""
    if end - start > _LONGEST_NUMERAL:
        return None
    value = number_value(text[start:end], language=setting.language)
    is_damaged = False
    number_start = start
    if text[start:end].isdecimal() and (spelt := spelt_digit_before(text, start)):
        value, start, is_damaged = float(f"{spelt[0]}.{text[start:end]}"), spelt[1], True
        number_start = start
    share, end = fraction_after(text, end)
    amount = Amount(
        start=start, end=end, value=value + share, number_start=number_start, number_end=end, is_damaged=is_damaged
    )
    amount = _with_sign(text, amount, setting=setting)
    amount = _with_magnitude(text, amount, setting=setting)
    return _with_mark(text, amount, setting=setting)


def _with_sign(text: str, amount: Amount, *, setting: Setting) -> Amount:
    """Take in the currency sign before the numeral."""
    if amount.start == 0 or (text[amount.start - 1].isalnum() and text[amount.start - 1].islower()):
        return amount
    left = max(0, amount.start - _LONGEST_SIGN)
    found = lexicon.SIGN_BEFORE.search(text[left : amount.start])
    if found is None:
        return amount
    sign, start = found[1], left + found.start()
    before = text[start - 1] if start else " "
    if before.isalpha() and sign[0].isalpha() and not ("$" in sign and before.islower()):
        return amount
    code = lexicon.SIGNS.get(sign) or lexicon.BARE[sign]
    currency, is_implied = _resolved(code, setting)
    return replace(
        amount,
        start=start,
        kind="money",
        currency=currency,
        is_implied=is_implied,
        is_damaged=amount.is_damaged or before.isalpha(),
    )


def _resolved(code: str, setting: Setting) -> tuple[str | None, bool]:
    """Return (ISO 4217, whether it is implied) for a *code* of the lexicon without its "¢"."""
    if code == "?":
        return (setting.currency if setting.currency in _FULL_DOLLARS else "USD"), True
    if code == "JPY" and setting.language == "zh":
        return "CNY", True
    if code == "kr":
        return lexicon.CROWNS.get(setting.language), True
    return code, False


def _with_magnitude(text: str, amount: Amount, *, setting: Setting) -> Amount:
    if text[amount.end : amount.end + 2].strip()[:1] in lexicon.MYRIADS:
        gap = 1 if text[amount.end].isspace() else 0
        value, end = myriads_after(text, amount.number_start, value=amount.value, end=amount.end + gap)
        if value != amount.value:
            return replace(amount, value=value, end=end, has_magnitude=True, factor=value / (amount.value or 1))
        return amount
    found = lexicon.magnitude_pattern(setting.language).match(text, amount.end)
    if found is None or not _is_magnitude(text, found, amount=amount):
        return amount
    factor = lexicon.magnitudes(setting.language).get(lexicon.key(found[2]))
    if factor is None:
        return amount
    return replace(amount, value=scaled(amount.value, factor), end=found.end(), has_magnitude=True, factor=factor)


def scaled(value: float, factor: float) -> float:
    """Multiply without the dust of binary fractions: 5.6 million is 5600000."""
    return float(f"{value * factor:.12g}")


def _is_magnitude(text: str, found: re.Match[str], *, amount: Amount) -> bool:
    """Tell whether a short "m" or "t" is million or trillion here."""
    word, gap = found[2].lower(), found[1]
    if word not in lexicon.SHORT:
        return True
    if amount.kind == "money":
        return not (gap and word in {"k", "t", "b", "m"} and found[2].islower() and _NOUN_NEXT.match(text, found.end()))
    if lexicon.SIGN_AFTER.match(text, found.end()) or lexicon.WORD_AFTER.match(text, found.end()):
        return True
    if gap or word in {"mm", "t", "mi", "bi"}:
        return word in {"mn", "bn", "tn"} and gap != "-"
    return word in {"mn", "bn", "tn"} or (
        not _METRES.match(text, found.end()) and bool(_NOUN_NEXT.match(text, found.end()))
    )


def _with_mark(text: str, amount: Amount, *, setting: Setting) -> Amount:
    """Take in what stands after the number: percent, currency, "times"."""
    if amount.kind == "money":
        return _with_second_sign(text, amount)
    if found := lexicon.PERCENT_AFTER.match(text, amount.end):
        if found["word"] == "pc" and found.start("word") > amount.end:
            return amount
        return replace(amount, end=found.end(), kind="percent", unit="pp" if found["points"] else "%")
    if found := lexicon.SIGN_AFTER.match(text, amount.end):
        code = lexicon.SIGNS.get(found[1]) or lexicon.BARE[found[1]]
        currency, is_implied = _resolved(code, setting)
        return replace(amount, end=found.end(), kind="money", currency=currency, is_implied=is_implied)
    return _with_currency_word(text, amount, setting=setting) or _with_times(text, amount)


def _with_second_sign(text: str, amount: Amount) -> Amount:
    """Read "$10 USD", "$5 million US" and "$4 million dollars" as one."""
    found = lexicon.WORD_AFTER.match(text, amount.end)
    if found is None or amount.currency is None:
        return amount
    code = lexicon.WORDS.get(lexicon.key(found[1] or found[2]), "")
    if code in {"?", amount.currency}:
        return replace(amount, end=found.end())
    if amount.is_implied and "¢" not in code and code in _FULL_DOLLARS:
        return replace(amount, end=found.end(), currency=code, is_implied=False)
    return amount


def _with_currency_word(  # noqa: PLR0911 - one case after the other
    text: str, amount: Amount, *, setting: Setting
) -> Amount | None:
    found = lexicon.WORD_AFTER.match(text, amount.end)
    word = lexicon.key(found[1] or found[2]) if found else ""
    if found is not None and (code := lexicon.WORDS.get(word)):
        if word in {"won", "rand", "real", "rm"} and not amount.has_magnitude and amount.value < _FEW:
            return None
        if word == "元" and text[found.end() : found.end() + 1] in "月旦":
            return None
        currency, is_implied = _resolved(code.removesuffix("¢"), setting)
        if code == "?¢" and setting.language in _EURO_CENTS:
            currency, is_implied = "EUR", True
        value = scaled(amount.value, _CENT) if code.endswith("¢") else amount.value
        return replace(amount, end=found.end(), value=value, kind="money", currency=currency, is_implied=is_implied)
    if found := _POUNDS.match(text, amount.end):
        is_money = setting.has_pounds or setting.currency == "GBP" or found[0].endswith("sterling")
        return replace(amount, end=found.end(), kind="money", currency="GBP") if is_money else None
    if found := _FRANCS.match(text, amount.end):
        currency = _local(found[0], setting) or (_crown(text, amount.start) if _CROWN.search(found[0]) else None)
        return replace(amount, end=found.end(), kind="money", currency=currency, is_implied=True)
    if (setting.has_pounds or setting.currency == "GBP") and (found := _PENCE.match(text, amount.end)):
        value = scaled(amount.value, _CENT)
        is_pence = amount.value < _FEW and amount.value not in _SCREEN_LINES
        return replace(amount, end=found.end(), value=value, kind="money", currency="GBP") if is_pence else None
    return None


def _local(word: str, setting: Setting) -> str | None:
    """Return the currency of a name that several countries use, where language or source tell which."""
    if "fran" in word.lower():
        return "CHF" if setting.language in {"de", "it"} or setting.currency == "CHF" else None
    if "peso" in word.lower():
        return setting.currency if setting.currency in {"MXN", "ARS", "CLP", "COP", "UYU", "PHP"} else None
    return lexicon.CROWNS.get(setting.language) or {"kronor": "SEK", "kronur": "ISK"}.get(word.strip("- ").lower())


def _crown(text: str, at: int) -> str | None:
    """Return the crown of the country last named before *at*: a Swedish company's "couronnes" are Swedish."""
    lands = list(_CROWN_LANDS.finditer(text, max(0, at - _SIGHT), at))
    return lands[-1].lastgroup if lands else None


def _with_times(text: str, amount: Amount) -> Amount:
    left = text[max(0, amount.start - 40) : amount.start]
    if found := _TIMES.match(text, amount.end):
        return replace(amount, end=amount.end + len(found[0].rstrip()), kind="multiple", unit="x")
    if _RAZ_BEFORE.search(left) and (found := _RAZ.match(text, amount.end)):
        return replace(amount, end=found.end(), kind="multiple", unit="x")
    if _FACTOR.search(left):
        return replace(amount, kind="multiple", unit="x")
    return amount
