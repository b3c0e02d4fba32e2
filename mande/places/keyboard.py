"""Undo what keyboards and scanners leave behind: Telex and VNI typing, digits for letters, letters typed twice.

A repair is only a possible reading; it counts when it gives the name of one place and no other name is as near.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import product

from mande.places.spelling import words_of

TYPED = ("Telex", "VNI typing")
"""Input methods that lost their editor: every mark is there, as a letter or a digit."""

_VOWELS = "aeiouy"
_MARKS = {"^": "\u0302", "(": "\u0306", "+": "\u031b"}
_TELEX_TONES = {"f": "\u0300", "s": "\u0301", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VNI_TONES = {"2": "\u0300", "1": "\u0301", "3": "\u0309", "4": "\u0303", "5": "\u0323"}
_VNI_KEYS = {"6": ("^", "aeo"), "7": ("+", "uo"), "8": ("(", "a")}
_AS_LETTERS = {"0": "o", "1": "li"}
_AS_DIGITS = str.maketrans("oli", "011")
_TWICE = re.compile(r"([^\W\d])\1+")


def keyboard_repairs(text: str) -> Iterator[tuple[str, str]]:
    """Yield the possible originals of a text with remains of typing, each with the name of the mistake.

    >>> dict(keyboard_repairs("Haf Nooij"))["Telex"], dict(keyboard_repairs("Ha2 No65i"))["VNI typing"]
    ('hà nội', 'hà nội')
    >>> dict(keyboard_repairs("Vĩnh L0ng")), dict(keyboard_repairs("Sơn Laa"))["letter typed twice"]
    ({'digit for a letter': 'vĩnh long'}, 'sơn la')
    """
    words = words_of(text)
    for mistake, read in zip(TYPED, (_telex, _vni), strict=True):
        typed = [read(word) if word.isascii() else None for word in words]
        if any(typed):
            yield mistake, " ".join(new or old for new, old in zip(typed, words, strict=True))
    for letters in product(*[_without_digits(word) for word in words]):
        if list(letters) != words:
            yield "digit for a letter", " ".join(letters)
    yield from _typed_twice(words)


def _typed_twice(words: list[str]) -> Iterator[tuple[str, str]]:
    """Take every second letter off, in one word at a time: two such slips in one name are no slips."""
    for index, word in enumerate(words):
        once = _TWICE.sub(r"\1", word)
        if once != word:
            yield "letter typed twice", " ".join([*words[:index], once, *words[index + 1 :]])


def _without_digits(word: str) -> list[str]:
    """Read L0ng as long, 1ai as lai or iai; a number stays what it is: in 1O any digit may have been meant."""
    digits = set(filter(str.isdecimal, word))
    if digits and digits <= set(_AS_LETTERS) and not word.translate(_AS_DIGITS).isdecimal():
        return ["".join(letters) for letters in product(*[_AS_LETTERS.get(sign, sign) for sign in word])]
    return [word]


def _telex(word: str) -> str | None:
    """Read a word typed in Telex; None when nothing in it is Telex.

    >>> [_telex(word) for word in ("dduwowngf", "Phusc".lower(), "hueess", "trang")]
    ['đường', 'phúc', None, None]
    """
    first = next((index for index, letter in enumerate(word) if letter in _VOWELS + "w"), len(word))
    letters = list(word[:first].replace("dd", "đ"))
    start, tone = len(letters), ""
    for key in word[first:]:
        last = letters[-1] if len(letters) > start else ""
        if key in _TELEX_TONES:
            if tone:
                return None
            tone = _TELEX_TONES[key]
        elif key in "aeo" and last == key:
            letters[-1] += _MARKS["^"]
        elif key != "w":
            letters.append(key)
        elif not _mark(letters, start, "+", "uo") and not _mark(letters, start, "(", "a"):
            letters.append("ư")
    return _joined(letters, start, tone, word)


def _vni(word: str) -> str | None:
    """Read a word typed by the VNI method, marks as digits; None when it is not.

    >>> [_vni(word) for word in ("d9a2", "na84ng", "phuo7ng2", "q7", "nam1")]
    ['đà', 'nẵng', 'phường', None, 'nám']
    """
    first = next((index for index, letter in enumerate(word) if letter in _VOWELS), len(word))
    letters, start, tone = [], 0, ""
    for index, key in enumerate(word):
        start = len(letters) if index == first else start
        if key == "9" and letters[:1] == ["d"]:
            letters[0] = "đ"
        elif key in _VNI_TONES and index > first and not tone:
            tone = _VNI_TONES[key]
        elif key in _VNI_KEYS and index > first and _mark(letters, start, *_VNI_KEYS[key]):
            continue
        elif key.isdecimal():
            return None
        else:
            letters.append(key)
    return _joined(letters, start, tone, word)


def _mark(letters: list[str], start: int, mark: str, on: str) -> bool:
    """Put a mark on the last vowel that takes it; of "uo", the horn goes on both. Tell whether one took it."""
    for index in range(len(letters) - 1, start - 1, -1):
        if letters[index] in on:
            letters[index] += _MARKS[mark]
            if mark == "+" and index > start and letters[index - 1] == "u" and letters[index].startswith("o"):
                letters[index - 1] += _MARKS[mark]
            return True
    return False


def _joined(letters: list[str], start: int, tone: str, word: str) -> str | None:
    # Where in its vowels a tone stands carries no meaning, so it goes on the last that has a mark, else the first.
    if tone:
        vowels = [index for index in range(start, len(letters)) if letters[index][0] in _VOWELS + "ư"]
        if not vowels:
            return None
        marked = [index for index in vowels if len(letters[index]) > 1]
        letters = [*letters]
        letters[marked[-1] if marked else vowels[0]] += tone
    read = unicodedata.normalize("NFC", "".join(letters))
    return read if read != word else None
