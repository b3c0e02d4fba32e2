"""The folder that an analyst works in: programmes, places, data, contracts and notebooks."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mande.errors import Problem, UsageError

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from mande.framework.model import Programme
    from mande.places.register import Register
    from mande.review import Review
    from mande.sources.correction_ledger import Correction
    from mande.sources.received import Intake
    from mande.sources.recognition import Knowledge

FOLDERS = ("programmes", "data/places", "data/published", "data_contracts", "notebooks")


@dataclass(frozen=True)
class Workspace:
    """A workspace by its root folder; everything is read when it is first asked for."""

    root: Path

    @property
    def programmes_folder(self) -> Path:
        return self.root / "programmes"

    @property
    def published_folder(self) -> Path:
        return self.root / "data" / "published"

    @property
    def tasks_folder(self) -> Path:
        return self.root / "data" / "tasks"

    @property
    def inbox_folder(self) -> Path:
        return self.root / "data" / "inbox"

    @property
    def received_folder(self) -> Path:
        return self.root / "data" / "received"

    @property
    def mappings_folder(self) -> Path:
        return self.root / "data" / "mappings"

    @property
    def contracts_folder(self) -> Path:
        return self.root / "data_contracts"

    @property
    def notebooks_folder(self) -> Path:
        return self.root / "notebooks"

    @property
    def reports_folder(self) -> Path:
        return self.root / "reports"

    @property
    def snapshots_folder(self) -> Path:
        return self.root / "data" / "snapshots"

    @cached_property
    def places(self) -> "Register":
        """The register of places with their validity dates."""
        from mande.places.register import Register

        return Register.load(self.root / "data" / "places")

    @cached_property
    def programmes(self) -> "dict[str, Programme]":
        """All programmes and plans by id.

        Raises: DefinitionError with all problems of all of them: one that cannot be read may bind a unit.
        """
        from mande.framework.load import load_programmes

        return load_programmes(self.programmes_folder)

    def programme(self, programme_id: str) -> "Programme":
        """Return a programme whole.

        Raises: UsageError for an unknown id, with those that exist; DefinitionError for a programme written wrongly.
        """
        from mande.framework.load import load_programme

        known = self.programme_ids()
        if programme_id not in known:
            raise UsageError(
                Problem("programme", f'"{programme_id}" does not exist', f"choose one of: {', '.join(known)}")
            )
        return load_programme(self.programmes_folder, programme_id)

    def programme_ids(self) -> list[str]:
        """Return the ids of all programmes of the workspace."""
        return sorted(path.parent.name for path in self.programmes_folder.glob("*/programme.yaml"))

    @cached_property
    def knowledge(self) -> "Knowledge":
        """What readers of received files need to know: indicators, places, mappings."""
        from mande.framework.load import load_indicators
        from mande.sources.personal_names import plain
        from mande.sources.recognition import Knowledge
        from mande.sources.table_mapping import load_mappings

        own = {indicator.id: indicator for one in self.programmes.values() for indicator in one.indicators}
        names = {plain(name) for column in ("name_official", "name_short") for name in self.places.places[column]}
        return Knowledge(
            indicators=own | load_indicators(self.programmes_folder),
            places=self.places,
            place_names=frozenset(names),
            mappings=load_mappings(self.mappings_folder),
        )

    @property
    def ledgers(self) -> "dict[str, tuple[Correction, ...]]":
        """The corrections of submissions by programme (see `mande.sources.correction_ledger`)."""
        from mande.sources.correction_ledger import read_ledger

        return {name: read_ledger(self.programmes_folder / name) for name in self.programme_ids()}

    def take_in(self, *, received_date: "date | None" = None, sender: str = "") -> "Intake":
        """Take in what lies in the inbox, and return what was received (see `mande.sources.inbox.take_in`).

        Corrections that no longer fit stand among the problems; then nothing is corrected.
        """
        from mande.sources.inbox import take_in
        from mande.sources.received import with_corrections

        intake = take_in(
            self.inbox_folder, self.received_folder, self.knowledge, received_date=received_date, sender=sender
        )
        return with_corrections(intake, self.ledgers)

    def received(self) -> "Intake":
        """Return what was received, corrected; the inbox is not looked at (see `mande.sources.received`).

        Raises: DataError for corrections that no longer fit.
        """
        from mande.sources.received import correct_received, read_received

        return correct_received(read_received(self.received_folder, self.knowledge), self.ledgers)

    def task_reports(self, intake: "Intake | None" = None) -> "pd.DataFrame":
        """Return what units reported about tasks, in `data/tasks/` and in the forms in force."""
        from mande.sources.all_sources import join_task_reports
        from mande.sources.task_reports import read_task_reports

        known = set(self.places.places["place_code"])
        reports = read_task_reports(self.tasks_folder, self.programmes.values(), known_places=known)
        return join_task_reports(reports, intake or self.received())

    def review(
        self, programme: "Programme | str", *, stage: str, as_of: "date | str", level: str = "nation"
    ) -> "Review":
        """Compute the tables of a review for all units of a level (see `mande.review.compute_review`)."""
        from mande.review import compute_review

        chosen = self.programme(programme) if isinstance(programme, str) else programme
        return compute_review(self, chosen, stage=stage, as_of=as_of, level=level)


def open_workspace(folder: str | Path | None = None) -> Workspace:
    """Open the workspace of a folder, or the nearest one at or above the current folder.

    Raises: UsageError if there is none, naming what is missing.
    """
    start = Path(folder) if folder is not None else Path.cwd()
    candidates = [start] if folder is not None else [start, *start.parents]
    for candidate in candidates:
        if all((candidate / name).is_dir() for name in FOLDERS):
            return Workspace(candidate.resolve())
    missing = ", ".join(name for name in FOLDERS if not (start / name).is_dir())
    raise UsageError(
        Problem(
            str(start),
            f"no workspace here: {missing} missing",
            "go to the project's folder or name it with --workspace",
        )
    )
