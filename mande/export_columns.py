"""The columns of the workbooks and the names of their sheets, in both languages."""

from mande.publishing.sheets import Column

WHERE = (Column("place_code", "Mã", "Code", 8), Column("place", "Đơn vị", "Unit", 24))
VERDICTS = (
    Column("number", "TT", "No.", 6),
    Column("title", "Chỉ tiêu", "Target", 36),
    Column("verdict", "Kết quả đánh giá", "Verdict", 16),
    Column("target", "Mục tiêu", "Level promised", 18),
    Column("target_year", "Năm", "Year", 7),
    Column("baseline", "Xuất phát điểm", "Baseline", 11),
    Column("baseline_period", "Kỳ", "Period", 8),
    Column("actual", "Giá trị mới nhất", "Newest value", 11),
    Column("actual_period", "Kỳ", "Period", 8),
    Column("share", "Đã đi được", "Share of the way", 9),
    Column("reason", "Lý do", "Reason", 56),
    Column("target_value", "Mức phải đạt", "Level", 11),
    Column("unit", "Đơn vị tính", "Unit of measure", 20),
    Column("status", "Tình trạng số liệu", "Status of value", 16),
    Column("chance", "Xác suất đạt", "Chance of meeting", 12),
    Column("basis", "Cách tính", "Counted by", 40),
    Column("source", "Nguồn", "Source", 50),
)
VALUES = (
    Column("title", "Chỉ tiêu", "Target", 40),
    Column("group", "Nhóm", "Group", 11),
    Column("period", "Kỳ", "Period", 10),
    Column("value", "Giá trị", "Value", 12),
    Column("lower", "Cận dưới", "Lower limit", 10),
    Column("upper", "Cận trên", "Upper limit", 10),
    Column("numerator", "Tử số", "Numerator", 13),
    Column("denominator", "Mẫu số", "Denominator", 13),
    Column("unit", "Đơn vị tính", "Unit of measure", 20),
    Column("status", "Tình trạng số liệu", "Status of value", 16),
    Column("used", "Dùng để đánh giá", "Used for verdicts", 10),
    Column("indicator", "Mã chỉ số", "Indicator", 22),
    Column("basis", "Cách tính", "Counted by", 40),
    Column("source", "Nguồn", "Source", 50),
    Column("edition", "Ấn bản", "Edition", 24),
    Column("file", "Tệp", "File", 28),
    Column("cell", "Ô", "Cell", 12),
)
ARITHMETIC = (
    Column("number", "TT", "No.", 7),
    Column("title", "Chỉ tiêu", "Target", 36),
    Column("line", "Cách tính", "Arithmetic", 90),
    Column("target_id", "Mã", "Id", 14),
    Column("rule", "Quy tắc", "Rule", 18),
    Column("hash", "Mã băm số liệu", "Hash of the data", 20),
)
QUALITY = (
    Column("outcome", "Kết quả kiểm tra", "Outcome", 14),
    Column("message", "Phát hiện", "Found", 60),
    Column("n_failed", "Số ô", "Cells", 8),
    Column("file", "Tệp", "File", 28),
    Column("cells", "Ô", "Which", 24),
    Column("cure", "Cách sửa", "How to mend", 50),
    Column("annotation", "Giải thích", "Explanation", 50),
)
REQUESTS = (
    Column("body", "Cơ quan", "Body to ask", 34),
    Column("number", "TT", "No.", 7),
    Column("title", "Chỉ tiêu", "Target", 36),
    Column("wanted", "Cần cung cấp", "Wanted", 60),
    Column("basis", "Tính theo", "Counted by", 34),
    Column("why", "Vì sao", "Why", 34),
)
TO_MEND = (
    Column("indicator", "Chỉ số", "Indicator", 22),
    Column("period", "Kỳ", "Period", 10),
    Column("file", "Tệp", "File", 28),
    Column("sheet", "Trang", "Sheet", 16),
    Column("cell", "Ô", "Cell", 10),
    Column("found", "Đã thấy", "Found", 40),
    Column("cure", "Cách sửa", "How to mend", 50),
)
SOURCES = (
    Column("title", "Tên ấn phẩm", "Title", 60),
    Column("publisher", "Cơ quan công bố", "Publisher", 34),
    Column("edition", "Ấn bản", "Edition", 24),
    Column("licence", "Giấy phép", "Licence", 20),
    Column("url", "Địa chỉ", "Address", 50),
)
COST = (
    Column("what", "Ẩn gì", "What is hidden", 18),
    Column("id", "Mã", "Id", 24),
    Column("level", "Cấp", "Level", 12),
    Column("n_hidden", "Số bị ẩn", "Hidden", 10),
    Column("n", "Trong tổng số", "Of all", 10),
)

SHEET_NAMES = {
    "verdicts": {"vi": "Kết quả", "en": "Verdicts"},
    "values": {"vi": "Số liệu", "en": "Values"},
    "arithmetic": {"vi": "Cách tính", "en": "Arithmetic"},
    "quality": {"vi": "Chất lượng số liệu", "en": "Data quality"},
    "requests": {"vi": "Số liệu cần đề nghị", "en": "Data to request"},
    "to_mend": {"vi": "Cần sửa", "en": "To mend"},
    "hidden": {"vi": "Không công bố", "en": "Not published"},
    "sources": {"vi": "Nguồn", "en": "Sources"},
}
