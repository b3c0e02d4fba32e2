"""What is wrong with a cell that should hold a number, and what to do about it, in both languages."""

from typing import NamedTuple


class Wording(NamedTuple):
    """A finding and its cure in Vietnamese and English; `{found}` is the text of the cell."""

    message_vi: str
    message_en: str
    cure_vi: str
    cure_en: str


NUMBER_PROBLEMS: dict[str, Wording] = {
    "ambiguous_locale": Wording(
        '"{found}" đọc được thành hai số, và cột không cho biết dấu nào là dấu thập phân',
        '"{found}" can be read as two numbers, and the column does not tell which mark is the decimal mark',
        "ghi rõ dấu thập phân của cột (locale: comma hoặc point), hoặc ghi số không có dấu ngăn hàng nghìn",
        "state the column's decimal mark (locale: comma or point), or write the number without a thousands mark",
    ),
    "other_locale": Wording(
        '"{found}" dùng dấu thập phân khác với các ô khác của cột',
        '"{found}" uses another decimal mark than the rest of the column',
        "ghi lại theo cách của cả cột",
        "write it the way the rest of the column is written",
    ),
    "lost_separator": Wording(
        '"{found}" có lẽ bị mất dấu thập phân: các ô khác của cột đều có',
        '"{found}" seems to have lost its decimal mark: the other cells of the column have one',
        "kiểm tra lại và ghi số với phần thập phân",
        "check it and write the number with its decimals",
    ),
    "word_for_none": Wording(
        '"{found}" có thể là số 0, thiếu số liệu hoặc không áp dụng',
        '"{found}" may mean zero, missing or not applicable',
        "ghi 0 nếu bằng không, … nếu thiếu, x nếu không áp dụng",
        "write 0 for zero, … for missing, x for not applicable",
    ),
    "two_numbers": Wording(
        '"{found}" là hai số trong một ô',
        '"{found}" is two numbers in one cell',
        "ghi mỗi số vào một ô",
        "write each number in its own cell",
    ),
    "date": Wording(
        '"{found}" là ngày hoặc giờ; Excel có thể đã đổi số thành ngày',
        '"{found}" is a date or a time; Excel may have made it from a number',
        "định dạng ô là số rồi nhập lại số",
        "format the cell as a number and type the number again",
    ),
    "truth_value": Wording(
        '"{found}" là đúng/sai, không phải số', '"{found}" is true or false, not a number', "ghi số", "write a number"
    ),
    "bound": Wording(
        '"{found}" chỉ là một giới hạn hoặc số ước chừng',
        '"{found}" is only a bound or a rough figure',
        "ghi số chính xác",
        "write the exact number",
    ),
    "brackets": Wording(
        '"{found}" có thể là số âm hoặc số chú thích',
        '"{found}" may be a negative number or a footnote mark',
        "ghi số âm với dấu trừ đứng trước; bỏ số chú thích",
        "write a negative number with a minus in front; leave the footnote mark out",
    ),
    "misplaced_marks": Wording(
        '"{found}" có dấu chấm hoặc phẩy sai chỗ',
        '"{found}" has points or commas where no number has them',
        "ghi lại số, ví dụ 1.234,5",
        "write it again, for example 1234.5",
    ),
    "formula_error": Wording(
        '"{found}" là lỗi của công thức',
        '"{found}" is the error of a formula',
        "sửa công thức hoặc ghi số",
        "mend the formula or write the number",
    ),
    "formula_without_value": Wording(
        '"{found}" là công thức chưa được tính',
        '"{found}" is a formula that has not been computed',
        "mở tệp bằng Excel và lưu lại, hoặc ghi số thay cho công thức",
        "open the file in Excel and save it, or write the number instead of the formula",
    ),
    "number_with_words": Wording(
        '"{found}" là số lẫn với chữ',
        '"{found}" is a number mixed with words',
        "chỉ ghi số; lời giải thích ghi vào cột ghi chú",
        "write the number only; put explanations into the note column",
    ),
    "no_number": Wording(
        '"{found}" không phải là số',
        '"{found}" is not a number',
        "ghi số, hoặc … nếu thiếu số liệu",
        "write a number, or … where there are no data",
    ),
    "not_finite": Wording(
        '"{found}" không phải là số hữu hạn',
        '"{found}" is not a finite number',
        "ghi số thông thường",
        "write an ordinary number",
    ),
}
