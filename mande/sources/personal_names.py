"""Whether a text looks like the name of a person of Vietnam, and not like that of a place, an office or a school."""

import re
import unicodedata
from collections.abc import Set
from functools import lru_cache

_FAMILIES = """
nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh doan trinh truong mai dao cao luong
luu trieu ha ta quach thai chu la to vuong tang lam kieu nghiem giap mac khuc tong van quang vi lo lu ma nong be
sung giang vang thao hau thach son kim danh chau ca dam phung tu luc hua ninh chung lai phi bach lieu thieu kha
diep uong mua hang chang cu ksor rmah siu rcom nay kpa kbuor nie ayun dieu dinh hoac ung van vuu on huyen
"""
_MIDDLES = """
van thi huu duc minh ngoc thanh quoc xuan dinh cong hong thu kim bao gia tuan anh phuong hoang quang the ba trong
nhat khanh hai my a thuy thien dang viet manh tien trung duy ngan mai lan thao nhu ha dieu cam bich tuyet nguyen
tran le hoai phuc tan vinh phu kieu yen hoa huong tam an dac khac si chi bui tuong quynh linh tra bang doan
"""
_NOT_PERSONS = re.compile(
    r"\b(xa|phuong|thi tran|thi xa|huyen|quan|tinh|thanh pho|tp|tt|tx|dac khu|vung|mien|thon|ban|ap|khu|to dan pho|buon|"
    r"lang|so|phong|ban|uy ban|ubnd|hdnd|truong|thcs|thpt|tieu hoc|mam non|mau giao|tram|benh vien|trung tam|chi cuc|"
    r"cuc|bo|hoi|doan|cong ty|duong|pho|ngo|ngach|hem|ward|commune|district|province|city|town|school|hospital|office|"
    r"department|ministry|centre|center|street|road|bang|nghi quyet|quyet dinh)\b"
)
_FAMILY_NAMES, _MIDDLE_NAMES = frozenset(_FAMILIES.split()), frozenset(_MIDDLES.split())
_CALLED = re.compile(
    r"(?:\b[Cc]háu|\b[Bb]é|\b[Ee]m|\b[Tt]rẻ|\b[Ôô]ng|\b[Bb]à|\b[Cc]hị|\b[Aa]nh|\b[Mm]ẹ|\b[Bb]ố|\b[Cc]ha|\b[Cc]on)"
    r"(?: (?:là|tên(?: là)?))?:? ((?:[^\W\d_a-z]\w*\s?){2,5})"
)


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """Return a text in small letters without accents, signs as blanks.

    >>> plain("Họ  và tên (trẻ)")
    'ho va ten tre'
    """
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    kept = (sign if sign.isalnum() else " " for sign in letters if unicodedata.category(sign) != "Mn")
    return " ".join("".join(kept).split())


def looks_like_person(text: str, known_places: Set[str]) -> bool:
    """Tell whether a text is a family name, a usual middle name and a given name; `known_places` are plain names.

    >>> [looks_like_person(text, frozenset({"le chan"})) for text in ("Nguyễn Văn An", "Huyện Lê Chân", "Lê Chân")]
    [True, False, False]
    """
    words = plain(text).split()
    return (
        is_name_shaped(text, known_places)
        and len(words) >= 3
        and words[0] in _FAMILY_NAMES
        and words[1] in _MIDDLE_NAMES
    )


def may_be_person(text: str, known_places: Set[str]) -> bool:
    """Tell whether a text begins with a family name and goes on like a name; places that are not known may do so too."""
    return is_name_shaped(text, known_places) and plain(text).split()[0] in _FAMILY_NAMES


def is_name_shaped(text: str, known_places: Set[str]) -> bool:
    """Tell whether a text is two to six capitalised words without digits, and no known place or office."""
    words = text.split()
    if not 2 <= len(words) <= 6 or not all(word[0].isupper() and word.replace("'", "").isalpha() for word in words):
        return False
    bare = plain(text)
    return bare not in known_places and not _NOT_PERSONS.search(bare)


def names_a_person(text: str, known_places: Set[str]) -> bool:
    """Tell whether a sentence calls somebody by name ("cháu Nguyễn Văn An")."""
    return any(looks_like_person(found.strip(), known_places) for found in _CALLED.findall(text))
