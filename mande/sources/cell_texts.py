"""The text that stands in a cell of a kept file, found again by the file's hash."""

from dataclasses import dataclass, field
from pathlib import Path

from mande.sources.forms.form_layout import cell_value
from mande.sources.snapshot import hash_file, snapshot_path
from mande.sources.workbooks import Sheet, read_sheets


@dataclass(frozen=True)
class CellTexts:
    """Cells of the files in some folders: by name where the hash fits, otherwise under the hash."""

    folders: tuple[Path, ...]
    _sheets: dict[Path, tuple[Sheet, ...]] = field(default_factory=dict)
    _found: dict[str, Path | None] = field(default_factory=dict)

    def find(self, snapshot: str, file: str) -> Path | None:
        """Return where the file of that hash lies; None where no folder has it any more."""
        if snapshot not in self._found:
            suffix = Path(file).suffix
            candidates = [
                path for folder in self.folders for path in (folder / file, snapshot_path(folder, snapshot, suffix))
            ]
            fitting = (path for path in candidates if path.is_file() and hash_file(path) == snapshot)
            self._found[snapshot] = next(fitting, None)
        return self._found[snapshot]

    def read(self, path: Path | None, sheet: str, cell: str) -> str:
        """Return the text of a cell; blank where file, sheet or cell are not there. A text table has one sheet."""
        if path is None:
            return ""
        if path not in self._sheets:
            self._sheets[path] = read_sheets(path)
        sheets = self._sheets[path]
        wanted = next((one for one in sheets if one.name == sheet), sheets[0] if len(sheets) == 1 else None)
        value = cell_value(wanted, cell)
        return "" if value is None else str(value)
