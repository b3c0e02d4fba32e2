"""Taking in what units send: looked at, kept, registered, read; one bad file stops no other. All numbers are made up."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import pytest

from mande.errors import DataError, UsageError
from mande.sources import inbox
from mande.sources.inbox import take_in
from mande.sources.received_register import REGISTER, Event, append_event, read_register, sole_writer
from mande.sources.snapshot import hash_file

from .received_files import DAY, form_file, put, tidy_file


def taken(home, knowledge, **options):
    return take_in(home / "inbox", home / "received", knowledge, **{"received_date": DAY, **options})


def states(intake):
    return dict(zip(intake.submissions["file"], intake.submissions["status"], strict=True))


def kept_files(home):
    return [path for path in (home / "received").rglob("*") if path.is_file() and len(path.stem) == 64]


def test_a_form_is_kept_unchanged_registered_and_read(home, knowledge):
    path = put(home, "huyen-mau/bieu.xlsx", form_file("01", numerator=40))
    intake = taken(home, knowledge)
    (row,) = intake.submissions.to_dict("records")
    assert row["submission"] == hash_file(path)[:12] and row["snapshot"] == hash_file(path)
    assert (row["kind"], row["programme"], row["place_code"], row["period"]) == ("form", "made-up", "01", "2024")
    assert (row["sender"], row["received_date"], row["status"]) == ("huyen-mau", "2025-02-01", "current")
    assert (row["n_values_sent"], row["n_read"], row["n_quarantined"]) == (2, 2, 0)
    (kept,) = kept_files(home)
    assert kept.read_bytes() == path.read_bytes() and not kept.stat().st_mode & stat.S_IWUSR
    first = intake.observations.iloc[0]
    assert (first["value"], first["numerator"], first["denominator"]) == (40.0, 40, 100)
    assert (first["file"], first["sheet"], first["cell"]) == ("huyen-mau/bieu.xlsx", "Số liệu", "D8")
    assert (first["sender"], first["received_date"], first["form_version"]) == ("huyen-mau", "2025-02-01", "1")
    assert path.exists() and intake.problems == ()


def test_taking_in_twice_changes_nothing(home, knowledge):
    put(home, "a.xlsx", form_file("01"))
    first = taken(home, knowledge)
    register = (home / "received" / REGISTER).read_bytes()
    second = taken(home, knowledge, received_date=date(2026, 1, 1))
    assert (home / "received" / REGISTER).read_bytes() == register
    assert second.submissions.equals(first.submissions) and second.observations.equals(first.observations)


def test_the_same_file_twice_is_one(home, knowledge):
    put(home, "a.xlsx", form_file("01"))
    put(home, "copy/b.xlsx", form_file("01"))
    intake = taken(home, knowledge)
    assert sorted(states(intake).values()) == ["current", "duplicate"]
    assert len(intake.observations) == 1 and len(kept_files(home)) == 1


def test_a_corrected_file_supersedes_visibly_and_deletes_nothing(home, knowledge):
    put(home, "a.xlsx", form_file("01", numerator=40), day="2025-01-10")
    put(home, "other name.xlsx", form_file("01", numerator=41), day="2025-01-20")
    intake = taken(home, knowledge, received_date=None)
    old, new = intake.submissions.to_dict("records")
    assert (old["status"], old["superseded_by"], new["status"]) == ("superseded", new["submission"], "current")
    assert old["reason"] == "superseded by other name.xlsx, received 2025-01-20"
    assert intake.observations["numerator"].tolist() == [41] and len(kept_files(home)) == 2


def test_an_old_file_that_comes_late_does_not_supersede(home, knowledge):
    put(home, "new.xlsx", form_file("01", numerator=41))
    (home / "inbox" / "received.csv").write_text("file,sender,received_date\nnew.xlsx,Sở mẫu,2025-01-20\n")
    assert taken(home, knowledge).submissions["sender"].tolist() == ["Sở mẫu"]
    put(home, "old.xlsx", form_file("01", numerator=40))
    with (home / "inbox" / "received.csv").open("a") as file:
        file.write("old.xlsx,Sở mẫu,2025-01-10\n")
    intake = taken(home, knowledge)
    assert states(intake) == {"old.xlsx": "superseded", "new.xlsx": "current"}


def test_the_same_name_with_another_unit_inside_supersedes_nothing(home, knowledge):
    put(home, "bieu.xlsx", form_file("01"))
    taken(home, knowledge)
    put(home, "bieu.xlsx", form_file("31"))
    intake = taken(home, knowledge)
    assert intake.submissions["status"].tolist() == ["current", "current"]
    assert intake.observations["place_code"].tolist() == ["01", "31"]
    assert intake.observations["observation_id"].is_unique


def test_going_back_to_an_earlier_content_is_a_new_event(home, knowledge):
    for numerator in (40, 41, 40):
        put(home, "a.xlsx", form_file("01", numerator=numerator))
        intake = taken(home, knowledge)
    assert intake.submissions["status"].tolist() == ["superseded", "superseded", "current"]
    assert intake.observations["numerator"].tolist() == [40] and len(kept_files(home)) == 2


def test_a_file_that_is_only_renamed_is_no_news(home, knowledge):
    put(home, "a.xlsx", form_file("01", numerator=40))
    put(home, "b.xlsx", form_file("01", numerator=41), day="2025-01-20")
    taken(home, knowledge)
    (home / "inbox" / "a.xlsx").rename(home / "inbox" / "renamed.xlsx")
    intake = taken(home, knowledge)
    assert sorted(intake.submissions["status"]) == ["current", "superseded"]
    assert [event.kind for event in read_register(home / "received")] == ["arrived", "arrived", "moved"]
    assert taken(home, knowledge).submissions.equals(intake.submissions)


def test_a_date_that_is_stated_later_counts_from_then_on(home, knowledge):
    put(home, "a.xlsx", form_file("01"))
    taken(home, knowledge)
    (home / "inbox" / "received.csv").write_text("file,sender,received_date\na.xlsx,Sở mẫu,2025-01-05\n")
    for _ in range(2):
        (row,) = taken(home, knowledge).submissions.to_dict("records")
        assert (row["sender"], row["received_date"]) == ("Sở mẫu", "2025-01-05")
    assert [event.kind for event in read_register(home / "received")] == ["arrived", "amended"]


def test_a_tidy_table_is_superseded_value_by_value(home, knowledge):
    put(home, "all.csv", tidy_file({"01": 40, "31": 50}), day="2025-01-01")
    put(home, "one.csv", tidy_file({"31": 51}), day="2025-01-02")
    intake = taken(home, knowledge, received_date=None)
    assert intake.submissions["status"].tolist() == ["current", "current"]
    assert dict(zip(intake.observations["place_code"], intake.observations["value"], strict=True)) == {
        "01": 40,
        "31": 51,
    }
    (notice,) = intake.notices
    assert notice.found == "1 of its 2 values were sent again in one.csv and count from there"
    put(home, "again.csv", tidy_file({"01": 42, "31": 52}), day="2025-01-03")
    assert sorted(states(taken(home, knowledge, received_date=None)).items()) == [
        ("again.csv", "current"),
        ("all.csv", "superseded"),
        ("one.csv", "superseded"),
    ]


def test_two_forms_of_one_day_are_told(home, knowledge):
    put(home, "a.xlsx", form_file("01", numerator=40))
    put(home, "b.xlsx", form_file("01", numerator=41))
    assert "came on the same day" in taken(home, knowledge).notices[0].found


def test_all_problems_of_all_files_are_told_and_good_files_are_read(home, knowledge):
    put(home, "good.xlsx", form_file("01"))
    put(home, "damaged.xlsx", form_file("01")[:-400])
    put(home, "page.xlsx", b"<html><body><table></table></body></html>")
    put(home, "unknown.csv", b"a,b\n1,2\n")
    put(home, "empty.xlsx", b"")
    (home / "inbox" / "link.xlsx").symlink_to("/etc/hostname")
    (home / "inbox" / "received.csv").write_text("file,sender\n")
    intake = taken(home, knowledge)
    assert states(intake)["good.xlsx"] == "current" and len(intake.observations) == 1
    bad = {"damaged.xlsx", "page.xlsx", "unknown.csv", "empty.xlsx", "link.xlsx"}
    assert {file for file, status in states(intake).items() if status == "refused"} == bad
    assert {problem.where.split()[0] for problem in intake.problems} == {*bad, "received.csv"}
    assert all(problem.found and problem.todo for problem in intake.problems)
    assert len(read_register(home / "received")) == len(taken(home, knowledge).submissions) == 6


def test_a_file_about_persons_is_kept_nowhere(home, knowledge):
    secret = "Nguyễn Văn Bí Mật"
    put(home, "list.csv", f"Họ và tên,Huyện\n{secret},Mẫu\n".encode())
    intake = taken(home, knowledge)
    (row,) = intake.submissions.to_dict("records")
    assert (row["status"], row["reason"]) == ("refused", "sheet list column A: it holds names of persons")
    assert kept_files(home) == []
    for path in (home / "received").rglob("*"):
        assert path.is_dir() or secret.encode() not in path.read_bytes()


def test_a_refused_file_that_is_mended_or_taken_out_is_a_problem_no_more(home, knowledge):
    put(home, "a.xlsx", b"<html></html>")
    assert len(taken(home, knowledge).problems) == 1
    put(home, "a.xlsx", form_file("01"))
    mended = taken(home, knowledge)
    assert mended.problems == () and mended.submissions["status"].tolist() == ["refused", "current"]


def test_a_wrong_received_csv_says_nothing_and_is_told(home, knowledge):
    put(home, "a.xlsx", form_file("01"))
    (home / "inbox" / "received.csv").write_text("file,sender,received_date\na.xlsx,,31/01/2025\nabsent.xlsx,,\n")
    intake = taken(home, knowledge)
    assert [problem.where for problem in intake.problems] == ["received.csv line 2", "received.csv line 3"]
    assert intake.submissions["received_date"].tolist() == ["2025-02-01"]


def test_two_processes_exclude_each_other(home):
    with (
        sole_writer(home / "received"),
        pytest.raises(UsageError, match="another process is taking in files"),
        sole_writer(home / "received", patience=0.05),
    ):
        pass


def test_threads_that_take_in_at_once_double_nothing(home, knowledge):
    for number in range(4):
        put(home, f"{number}.xlsx", form_file("01", numerator=40 + number))
    workers = [threading.Thread(target=taken, args=(home, knowledge)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    events = read_register(home / "received")
    assert [event.number for event in events] == [1, 2, 3, 4]
    assert len({event.file for event in events}) == 4


def test_a_line_that_was_cut_off_is_removed_before_the_next(home):
    received = home / "received"
    received.mkdir()
    event = Event(1, "arrived", "a.xlsx", "0" * 64, "", "2025-01-01")
    append_event(received, event)
    with (received / REGISTER).open("ab") as file:
        file.write(b'{"number": 2, "kind": "arr' + b"x" * 9000)
    assert read_register(received) == (event,)
    append_event(received, event)
    assert read_register(received) == (event, event)
    (received / REGISTER).write_bytes(b"not json\n")
    with pytest.raises(DataError, match="line 1: this is no line of the register"):
        read_register(received)


TAKE_IN = """
import sys
from pathlib import Path
from tests.sources.received_files import DAY, small_knowledge
from mande.sources.inbox import take_in
knowledge = small_knowledge()
print("ready", flush=True)
take_in(Path(sys.argv[1]) / "inbox", Path(sys.argv[1]) / "received", knowledge, received_date=DAY)
"""


def test_a_kill_in_the_middle_loses_and_doubles_nothing(home, knowledge):
    """Kill the process again and again, a little later each time, then let one run end."""
    for number in range(30):
        put(home, f"{number:02d}.csv", tidy_file({"01": number, "31": number + 1}, period=str(1990 + number)))
    root, registered = Path(__file__).parents[2], []
    for delay in (0.05, 0.2):
        process = subprocess.Popen([sys.executable, "-c", TAKE_IN, str(home)], cwd=root, stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        registered.append(len(read_register(home / "received")))
    assert registered == sorted(registered) and registered[0] < 30
    intake = taken(home, knowledge)
    assert intake.submissions["status"].tolist() == ["current"] * 30
    assert sorted(event.file for event in read_register(home / "received")) == [f"{n:02d}.csv" for n in range(30)]
    assert intake.observations["value"].sum() == sum(2 * number + 1 for number in range(30))
    assert len(kept_files(home)) == 30


@pytest.mark.parametrize("step", ["keep_snapshot", "append_event", "half a line"])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_crash_at_any_step_loses_and_doubles_nothing(home, knowledge, monkeypatch, step, at):
    for number in range(3):
        put(home, f"{number}.csv", tidy_file({"01": number}, period=str(2000 + number)))
    name = "append_event" if step == "half a line" else step
    real, calls = getattr(inbox, name), []

    def crash(*given, **options):
        calls.append(given)
        if len(calls) < at:
            return real(*given, **options)
        if step == "half a line":
            with (home / "received" / REGISTER).open("ab") as file:
                file.write(b'{"number": 1, "kind"')
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(inbox, name, crash)
        taken(home, knowledge)
    intake = taken(home, knowledge)
    assert [event.file for event in read_register(home / "received")] == ["0.csv", "1.csv", "2.csv"]
    assert intake.observations["value"].tolist() == [0, 1, 2] and len(kept_files(home)) == 3


def test_a_file_that_changes_while_it_is_read_is_not_kept(home, knowledge, monkeypatch):
    """Between the look at it and the copy somebody writes a list of persons over it."""
    path = put(home, "a.csv", tidy_file({"01": 1}))
    look = inbox.require_no_personal_data

    def look_and_lose(*given, **options):
        look(*given, **options)
        path.write_bytes("Họ và tên\nNguyễn Văn Mẫu\n".encode())

    monkeypatch.setattr(inbox, "require_no_personal_data", look_and_lose)
    (row,) = taken(home, knowledge).submissions.to_dict("records")
    assert (row["status"], row["reason"]) == ("refused", "the file changed while it was read")
    assert [p for p in (home / "received").rglob("*") if p.is_file()] == [
        p for p in (home / "received").iterdir() if p.is_file()
    ]
    assert kept_files(home) == []


def test_a_kept_file_that_was_changed_stops_the_reading(home, knowledge):
    put(home, "a.csv", tidy_file({"01": 1}))
    taken(home, knowledge)
    (kept,) = kept_files(home)
    kept.chmod(0o644)
    kept.write_bytes(tidy_file({"01": 2}))
    with pytest.raises(DataError, match="the kept file was changed"):
        taken(home, knowledge)
    kept.unlink()
    with pytest.raises(DataError, match="the kept file is gone"):
        taken(home, knowledge)
