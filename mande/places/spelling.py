"""The spelling of a Vietnamese name, taken apart: letters, marks and tones, whatever way they were typed."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_TONES = {"\u0300": "`", "\u0301": "'", "\u0303": "~", "\u0309": "?", "\u0323": "."}
_QUALITIES = {"\u0302": "^", "\u0306": "(", "\u031b": "+"}
_SAME = str.maketrans(
    {"ð": "đ", "ɖ": "đ", "ƣ": "ư", "’": "'", "‘": "'", "ʼ": "'", "´": "'"}
    # Letters of other alphabets that look the same.
    | dict(zip("авеһікмнорсттухӏαοινυı", "abehikmhopcttyxlaoivui", strict=True))
)
_VOWELS = frozenset("aeiouy")
_SEPARATORS = re.compile(r"[\s.,;:/()\[\]\-_–—−‐‑'\"“”«»‹›*+•·|\\…!#&\u200b\u200c\u200d\u2060\ufeff\u00ad]+")
_Y_AS_I = frozenset(["hy", "ky", "ly", "my", "sy", "ty", "vy", "quy"])
_C_AS_K = frozenset(["dac", "lac", "pac", "buc"])
_KEPT = 65_536
"""So many words and names are taken apart once only: the words of 100,000 names are a few thousand."""

_Letter = tuple[str, str, str]


class Spelling(NamedTuple):
    """`marked` is equal for equal spellings (Hoà = Hòa); `plain` is the same without any mark."""

    marked: str
    plain: str
    qualities: tuple[str, ...]
    tones: tuple[str, ...]

    @property
    def has_marks(self) -> bool:
        return self.marked != self.plain


def spell(words: list[str], *, variant: bool = False) -> Spelling:
    """Take the words of a name apart.

    With `variant`, spellings that Vietnamese treats as the same word become one: Lý/Lí, Quy/Qui, Đắk/Đắc.

    >>> spell(["Hoà", "Bình"]) == spell(["hòa", "bình"])
    True
    >>> spell(["Hà", "Nam"]).marked, spell(["Ha", "Nam"]).plain
    ('ha`nam', 'hanam')
    """
    return _spell(tuple(words), variant)


@lru_cache(maxsize=_KEPT)
def _spell(words: tuple[str, ...], variant: bool) -> Spelling:
    letters: list[_Letter] = []
    for word in words:
        letters += _as_variant(_letters(word)) if variant else _letters(word)
    marked, tones = [], []
    cluster: list[str] = []
    for base, quality, tone in letters:
        if base not in _VOWELS and cluster:
            tones.append("".join(sorted(cluster)))
            marked.append(tones[-1])
            cluster = []
        marked.append(base + quality)
        if base in _VOWELS:
            cluster.append(tone)
    if cluster:
        tones.append("".join(sorted(cluster)))
        marked.append(tones[-1])
    plain = "".join([letter[0] for letter in letters])
    return Spelling("".join(marked), plain, tuple([letter[1] for letter in letters]), tuple(tones))


def words_of(text: str) -> list[str]:
    """Split a name into words; signs between words carry no meaning, leading zeros of numbers neither.

    >>> words_of("TP.  Bà Rịa-Vũng Tàu")
    ['tp', 'bà', 'rịa', 'vũng', 'tàu']
    """
    text = unicodedata.normalize("NFC", text).casefold().translate(_SAME)
    return [str(int(word)) if word.isdecimal() else word for word in _SEPARATORS.split(text) if word]


def only_omits(written: Spelling, full: Spelling) -> int | None:
    """Count the marks that `written` leaves out of `full`; None when a letter or mark contradicts it.

    >>> only_omits(spell(["Hai", "Phòng"]), spell(["Hải", "Phòng"]))
    1
    >>> only_omits(spell(["Hà", "Tỉnh"]), spell(["Hà", "Tĩnh"])) is None
    True
    """
    if written.plain != full.plain:
        return None
    pairs = [*zip(written.qualities, full.qualities, strict=True), *zip(written.tones, full.tones, strict=True)]
    if any(mark not in ("", there) for mark, there in pairs):
        return None
    return sum(mark != there for mark, there in pairs)


def plain_word(word: str) -> str:
    """Return a word without marks.

    >>> plain_word("huyện"), plain_word("Đức")
    ('huyen', 'duc')
    """
    return "".join([base for base, _, _ in _letters(word)])


@lru_cache(maxsize=_KEPT)
def _letters(word: str) -> tuple[_Letter, ...]:
    letters: list[list[str]] = []
    for sign in unicodedata.normalize("NFD", word.casefold().translate(_SAME)):
        if sign in _TONES and letters:
            letters[-1][2] += _TONES[sign]
        elif sign in _QUALITIES and letters:
            letters[-1][1] += _QUALITIES[sign]
        elif sign == "đ":
            letters.append(["d", "-", ""])
        elif sign != "'":
            letters.append([sign, "", ""])
    # A tone on a consonant or digit is damage, not a tone: keep it, so that nothing matches.
    return tuple([(base, mark, tone) if base in _VOWELS else (base, mark + tone, "") for base, mark, tone in letters])


def _as_variant(letters: tuple[_Letter, ...]) -> tuple[_Letter, ...]:
    plain = "".join([base for base, _, _ in letters])
    if plain in _Y_AS_I:
        return (*letters[:-1], ("i", *letters[-1][1:]))
    if plain in _C_AS_K:
        return (*letters[:-1], ("k", *letters[-1][1:]))
    return letters
