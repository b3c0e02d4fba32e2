"""Problems of what units sent, in Vietnamese: the English text stands where a problem is found, the other one here.

As with gettext, the English text is the key: `{}` stands for what the message names, in the order of the sentence. So a
message that an earlier run wrote into the register is read in Vietnamese, too. A test compares this list with the code.
"""

import re
from functools import cache

PLACES_VI = {
    "{} sheet {} cell {}": "{} trang {} ô {}",
    "{} sheet {} column {}": "{} trang {} cột {}",
    "{} sheet {} row {}": "{} trang {} dòng {}",
    "{} sheet {}": "{} trang {}",
    "{} line {}": "{} dòng {}",
    "{} cell {}": "{} ô {}",
    "sheet {} cell {}": "trang {} ô {}",
    "sheet {} column {}": "trang {} cột {}",
    "sheet {}": "trang {}",
}
PROBLEMS_VI = {
    # files that are none, or not what their name says
    "it is an archive or another kind of document, no workbook": "là tệp nén hoặc loại tài liệu khác, không phải bảng tính",
    "it is an old Office document, but no workbook": "là tài liệu Office cũ nhưng không phải bảng tính",
    "it is {}, no table": "là {}, không phải bảng số liệu",
    "a PDF document": "tài liệu PDF",
    "a picture": "hình ảnh",
    "an archive": "tệp nén",
    "a program": "chương trình",
    "a text document": "tài liệu văn bản",
    "a Parquet file": "tệp Parquet",
    "it is a web page or XML under the name {}": "là trang web hoặc XML mang đuôi {}",
    "its content is no workbook, though its name ends in {}": "nội dung không phải bảng tính dù tên có đuôi {}",
    "it is not text": "không phải tệp văn bản",
    "the file name holds control characters or path signs": "tên tệp có ký tự điều khiển hoặc dấu đường dẫn",
    "it has {} MB, the limit is {} MB": "nặng {} MB, giới hạn là {} MB",
    "it is a link": "là đường liên kết",
    "it cannot be opened ({})": "không mở được ({})",
    "it cannot be read ({})": "không đọc được ({})",
    "cannot be read ({})": "không đọc được ({})",
    "it is a folder": "là thư mục",
    "it is a device or a pipe, not a file": "là thiết bị, không phải tệp",
    "the file is empty": "tệp rỗng",
    'no cell holds "{}", where the header begins': 'không ô nào có "{}", nơi tiêu đề bảng bắt đầu',
    "the mappings {} fit equally well": "các mô tả bảng {} đều khớp như nhau",
    "no sheet holds a line of headings above rows of numbers": "không trang nào có dòng tiêu đề bên trên các dòng số",
    "choose a table with places or indicators by rows": "hãy chọn bảng có địa phương hoặc chỉ tiêu theo dòng",
    "mend the mapping {}": "sửa mô tả bảng {}",
    "mend the mapping, see docs/mappings.md": "sửa mô tả bảng, xem docs/mappings.md",
    "the file is protected by a password": "tệp có mật khẩu",
    "its part {} is cut off or damaged": "phần {} bị đứt hoặc hỏng",
    "the file is cut off or damaged ({})": "tệp bị đứt hoặc hỏng ({})",
    "the file is cut off or damaged": "tệp bị đứt hoặc hỏng",
    "it is compressed in a way that no workbook uses": "được nén theo cách mà không bảng tính nào dùng",
    "its part {} is far too large": "phần {} quá lớn",
    "it unpacks to more than it says: a zip bomb, no workbook": "giải nén ra nhiều hơn khai báo: tệp độc hại, không phải bảng tính",
    "it unpacks to {} MB, more than its cells can need": "giải nén thành {} MB, nhiều hơn các ô cần",
    "{} MB unpack to {} MB: a zip bomb, no workbook": "{} MB giải nén thành {} MB: tệp độc hại, không phải bảng tính",
    "the archive holds {} parts, some of them twice or far too many": "tệp nén có {} phần, có phần trùng hoặc quá nhiều",
    "the archive names parts outside itself (../)": "tệp nén nêu tên phần nằm ngoài nó (../)",
    "the workbook has no part {}": "bảng tính thiếu phần {}",
    "two sheets have the name {}": "hai trang cùng tên {}",
    "the workbook has no content": "bảng tính không có nội dung",
    "its XML declares entities, as no workbook does": "XML khai báo thực thể, điều không bảng tính nào làm",
    "its part {} is no XML ({})": "phần {} không phải XML ({})",
    "its sheet {} is not where a workbook keeps its sheets": "trang {} không nằm ở chỗ của trang tính",
    "the workbook cannot be read ({})": "không đọc được bảng tính ({})",
    "the file changed while it was read": "tệp bị thay đổi trong khi đọc",
    "{} cells where the header has {}": "{} ô trong khi dòng tiêu đề có {} ô",
    "a single line, no rows": "chỉ có một dòng, không có số liệu",
    "a line of {} bytes, the limit is {}": "một dòng dài {} byte, giới hạn là {}",
    "byte 0x{} is not UTF-8; the file was saved in another encoding": "byte 0x{} không phải UTF-8; tệp lưu bằng bảng mã khác",
    "byte 0x{} is not UTF-8, though the rest is": "byte 0x{} không phải UTF-8, dù phần còn lại đúng",
    "it has more than {} MB": "nặng hơn {} MB",
    "it is no table ({})": "không phải bảng ({})",
    # personal data
    "it holds {}": "có {}",
    "names of persons": "họ tên người",
    "dates of birth": "ngày sinh",
    "identity numbers": "số định danh, căn cước",
    "health insurance numbers": "số thẻ bảo hiểm y tế",
    "telephone numbers": "số điện thoại",
    "e-mail addresses": "địa chỉ thư điện tử",
    "addresses of homes": "địa chỉ nhà",
    # forms and tables
    "it is no form of ours, no tidy table, and no mapping describes it": "không phải biểu mẫu đã gửi, không phải bảng chuẩn, và chưa có khai báo bảng nào cho nó",
    "the hidden sheet of this form was removed": "trang ẩn của biểu mẫu đã bị xóa",
    "the hidden sheet of this form was edited": "trang ẩn của biểu mẫu đã bị sửa",
    "it does not begin as that of a form": "phần đầu không phải của biểu mẫu",
    "its rows are not those of a form": "các dòng không phải của biểu mẫu",
    "layout {} is not known here": "không biết bố cục {}",
    "{} is missing": "thiếu {}",
    "the sheet was removed or renamed": "trang đã bị xóa hoặc đổi tên",
    "the mark of made-up data and the form id contradict each other": "dấu số liệu mô phỏng và mã biểu mẫu mâu thuẫn nhau",
    'the {} was changed from "{}" to "{}"': "{} đã bị đổi từ “{}” thành “{}”",
    "unit": "đơn vị",
    "period": "kỳ báo cáo",
    "form id": "mã biểu mẫu",
    "mark of made-up data": "dấu số liệu mô phỏng",
    'the row of {} is not in its place ("{}"): rows were added, deleted or moved': "dòng của {} không đúng chỗ (“{}”): đã thêm, xóa hoặc chuyển dòng",
    '"{}" is not a period': "“{}” không phải là kỳ báo cáo",
    "the first row lacks the columns {}": "dòng đầu thiếu các cột {}",
    'unknown column "{}"': "không biết cột “{}”",
    'the column "{}" stands twice': "cột “{}” có hai lần",
    "a column without a name holds cells": "có số liệu trong một cột không tên",
    "no sheet holds a table as the mapping {} describes it": "không trang nào có bảng như khai báo {}",
    "{} of {} values were neither read nor set aside ({})": "{} trong {} giá trị không được đọc cũng không để riêng ({})",
    "the kept file was changed": "bản lưu đã bị sửa",
    "the kept file is gone": "bản lưu không còn",
    "the columns are {}": "các cột là {}",
    '"{}" is not a date': "“{}” không phải là ngày",
    'there is no file "{}" beside it': "không có tệp “{}” bên cạnh",
    # notices
    "it contains macros; they are not run": "có macro; không được chạy",
    "it links to other files; the values saved last are read": "có liên kết tới tệp khác; giá trị lưu lần cuối được đọc",
    "{} of its {} values were sent again in {} and count from there": "{} trong {} giá trị đã được gửi lại trong {} và tính theo tệp đó",
    "{} of the same unit and period came on the same day; the file changed last counts": "{} của cùng đơn vị, cùng kỳ đến trong cùng ngày; tệp sửa sau cùng được dùng",
    # what to do
    "open it, save it as .xlsx and send that": "mở tệp, lưu thành .xlsx rồi gửi lại",
    "send the table itself as .xlsx or .csv": "gửi chính bảng số liệu dạng .xlsx hoặc .csv",
    "save the table as CSV UTF-8": "lưu bảng dạng CSV UTF-8",
    'save it as "CSV UTF-8"': "lưu lại dạng “CSV UTF-8”",
    "send it without them if you can": "nếu được, gửi tệp không có chúng",
    "give it a plain name": "đặt tên đơn giản",
    "split it into smaller files": "chia thành các tệp nhỏ hơn",
    "split it into smaller files, or save only the cells that are filled in as a new file": "chia thành các tệp nhỏ hơn, hoặc chỉ lưu các ô đã điền vào tệp mới",
    "name the files in it": "nêu tên các tệp trong đó",
    "put a file there": "đặt một tệp vào đó",
    "put a readable file there": "đặt một tệp đọc được vào đó",
    "put the file itself there, readable": "đặt chính tệp đó vào, có quyền đọc",
    "send it again": "gửi lại",
    "send the file again": "gửi lại tệp",
    "remove the password and send it again": "bỏ mật khẩu rồi gửi lại",
    "save it again as .xlsx": "lưu lại thành .xlsx",
    "save it again as .xlsx and send that": "lưu lại thành .xlsx rồi gửi",
    "save it again and send that": "lưu lại rồi gửi",
    "copy or send it again, and check that it opens": "sao chép hoặc gửi lại, kiểm tra xem có mở được không",
    "copy or send it again": "sao chép hoặc gửi lại",
    "do not open this file": "đừng mở tệp này",
    "do not use this file; ask the sender to save it anew": "đừng dùng tệp này; đề nghị nơi gửi lưu lại",
    "give each sheet its own name": "đặt cho mỗi trang một tên",
    "copy the filled cells into a new workbook, or send a CSV file": "chép các ô đã điền sang bảng tính mới, hoặc gửi tệp CSV",
    "open it in Excel or LibreOffice, save it as .xlsx and send it again": "mở bằng Excel hoặc LibreOffice, lưu thành .xlsx rồi gửi lại",
    "wait until it is whole, then read it": "chờ tệp chép xong rồi đọc lại",
    "give every line the cells of the header": "để mỗi dòng có đủ ô như dòng tiêu đề",
    "save it again as a CSV table with one header line": "lưu lại dạng CSV với một dòng tiêu đề",
    "send the file again with its header and rows": "gửi lại tệp có dòng tiêu đề và các dòng số liệu",
    "check the name and the rights": "kiểm tra tên và quyền đọc",
    "this is not a table with one row per line; save it again as CSV": "không phải bảng mỗi dòng một hàng; lưu lại dạng CSV",
    "send it in the tidy layout, or split it into smaller files": "gửi theo bảng chuẩn, hoặc chia thành các tệp nhỏ hơn",
    "write that line again and save it as CSV UTF-8": "ghi lại dòng đó và lưu dạng CSV UTF-8",
    "close every quotation mark, save it as CSV": "đóng mọi dấu ngoặc kép, lưu dạng CSV",
    "cannot keep a snapshot ({})": "không lưu được bản gốc ({})",
    "make the folder writable or free space": "cấp quyền ghi hoặc giải phóng dung lượng",
    "send counts, not persons: remove the column, or run `mande aggregate` and send what it writes": "gửi số đếm, không gửi danh sách người: xóa cột đó, hoặc chạy `mande aggregate` rồi gửi kết quả",
    "send the form; or describe this table once in data/mappings/": "gửi biểu mẫu; hoặc khai báo bảng này một lần trong data/mappings/",
    "copy the answers into a fresh form of this unit and period and send that": "chép số liệu sang biểu mẫu mới của đơn vị và kỳ này rồi gửi",
    "read it with the version that made the form": "đọc bằng phiên bản đã tạo biểu mẫu",
    "write {} there again, or use the form of the other {}": "ghi lại {} vào đó, hoặc dùng biểu mẫu của {} kia",
    "write the header of the tidy layout": "ghi dòng tiêu đề của bảng chuẩn",
    "keep one of them": "giữ một cột",
    "name it, or delete it": "đặt tên cột hoặc xóa đi",
    "please report this defect, with the file": "hãy báo lỗi này kèm theo tệp",
    "put it back from your backup; it was received as {}": "khôi phục từ bản sao lưu; tệp đã nhận với tên {}",
    "mend it and put it into the inbox again, or take it out": "sửa rồi đặt lại vào hộp nhận, hoặc lấy ra",
    "choose another mapping, or mend 'recognise' and 'header'": "chọn khai báo khác, hoặc sửa 'recognise' và 'header'",
    "write the header {}": "ghi dòng tiêu đề {}",
    "write it as 2025-07-31": "ghi dạng 2025-07-31",
    "correct the name": "sửa lại tên",
    "nothing if that is a correction; otherwise ask the senders which is right": "không cần làm gì nếu là đính chính; nếu không, hỏi các nơi gửi số nào đúng",
    "if that is wrong, write the hours into received.csv, such as 2025-07-31T16:00": "nếu sai, ghi giờ vào received.csv, ví dụ 2025-07-31T16:00",
}


def in_vietnamese(text: str) -> str:
    """Return what a problem says in Vietnamese; what has no translation stays as it is.

    Several problems of one file stand in the register as one text, each with its place in the file before it.

    >>> in_vietnamese("sheet Bìa cell C10: the file is empty; it holds names of persons")
    'trang Bìa ô C10: tệp rỗng; có họ tên người'
    """
    parts = [_problem(part) or _with_place(part) for part in text.split("; ")]
    return _problem(text) or "; ".join(parts)


def _with_place(text: str) -> str:
    place, _, found = text.partition(": ")
    told = _problem(found)
    return f"{_place(place)}: {told}" if told else _place(text)


def _place(text: str) -> str:
    return _whole(text, _patterns(is_place=True)) or text


def _problem(text: str) -> str | None:
    return _whole(text, _patterns(is_place=False))


def _whole(text: str, patterns: "Patterns") -> str | None:
    """Return the Vietnamese of a text that is one message; what the message names may be a message, too."""
    for pattern, sentence in patterns:
        match = pattern.fullmatch(text)
        if match and not _takes_in_too_much(sentence, match):
            return sentence.format(*(PROBLEMS_VI.get(part, part) for part in match.groups()))
    return None


def _takes_in_too_much(sentence: str, match: re.Match[str]) -> bool:
    """Tell whether a message of a word or two fits only because it stands at the end of another one."""
    is_short = len(sentence.replace("{}", "")) < _SHORT
    return is_short and any(": " in part for part in match.groups() if part not in PROBLEMS_VI)


Patterns = tuple[tuple[re.Pattern[str], str], ...]


_SHORT = 12
"""Letters of a message that is said by a word or two."""


@cache
def _patterns(*, is_place: bool) -> Patterns:
    """Return the messages, those with the longest fixed text first: `{}` of a short one takes in much."""
    texts = PLACES_VI if is_place else PROBLEMS_VI
    keys = sorted(texts, key=lambda key: -len(key.replace("{}", "")))
    return tuple(
        (re.compile("(.*?)".join(re.escape(part) for part in key.split("{}")), re.DOTALL), texts[key]) for key in keys
    )
