"""Schedules from one description of dates, each read by the program it is written for, where that is installed."""

import ast
import http.server
import json
import shutil
import subprocess
import sys
import threading
from datetime import time

import pytest
import yaml

import mande
from mande.errors import DataError, UsageError
from mande.running.notice import notice_of_end
from mande.running.schedule import Schedule, read_days, read_time, run_days
from mande.running.schedule_files import crontab, kubernetes_cronjob, schedule_files, systemd_service, systemd_timer
from mande.vocabulary import Level

SCHEDULE = Schedule(
    name="mande-vn-children-2021-2030-annual-province",
    command=("/bin/echo", "review", "vn-children-2021-2030", "--level", "province"),
    folder="/",
    days=("06-16", "12-17"),
    at=time(1, 30),
    zone="Asia/Ho_Chi_Minh",
    units=("VN", "01"),
    notice=("--on-finish", "tell 100% 'done' $HOME"),
)
NIGHTLY = Schedule("nightly", SCHEDULE.command, "/", (), time(23, 0), "Asia/Ho_Chi_Minh")


def test_days_come_before_the_deadlines_of_the_programme():
    programme = mande.open_workspace().programme("bu-gia-map-children-2025")
    assert run_days(programme, year=2025, level=None, lead_days=0) == (
        "05-02",
        "11-02",
    )  # "before 3 May", "before 3 November"
    assert run_days(programme, year=2025, level=None, lead_days=14) == ("04-18", "10-19")


def test_a_programme_without_such_deadlines_is_told():
    programme = mande.open_workspace().programme("vn-children-2021-2030")
    with pytest.raises(UsageError, match="no half-yearly or yearly deadline in 2023 → name days with --on"):
        run_days(programme, year=2023, level=Level.PROVINCE, lead_days=0)


def test_days_and_times_are_checked_all_at_once():
    with pytest.raises(UsageError) as found:
        read_days(["02-29", "6-15", "12-31"])
    assert len(found.value.problems) == 2  # 29 February is no day of every year
    with pytest.raises(UsageError, match='"25:00" is no time of day'):
        read_time("25:00")


def test_the_command_writes_all_files(tmp_path):
    words = ["schedule", "bu-gia-map-children-2025", "--as-of", "2025-06-30", "--to", tmp_path, "--level", "district"]
    done = subprocess.run([sys.executable, "-m", "mande", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(list(tmp_path.iterdir())) == 5
    assert "OnCalendar=*-04-18 01:00:00 Asia/Ho_Chi_Minh" in next(tmp_path.glob("*.timer")).read_text()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("schedule", [SCHEDULE, NIGHTLY], ids=["deadlines", "nightly"])
def test_systemd_reads_service_and_timer(tmp_path, schedule):
    for name, text in (("service", systemd_service(schedule)), ("timer", systemd_timer(schedule))):
        (tmp_path / f"{schedule.name}.{name}").write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", *tmp_path.iterdir()], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_systemd_expands_nothing_in_the_notice():
    assert "--on-finish \"tell 100%% 'done' $$HOME\"" in systemd_service(SCHEDULE)


def test_a_shell_reads_the_words_of_the_crontab():
    lines = [line for line in crontab(SCHEDULE).splitlines() if not line.startswith("#")]
    assert [line.split()[:5] for line in lines] == [["30", "1", "16", "6", "*"], ["30", "1", "17", "12", "*"]]
    assert crontab(NIGHTLY).splitlines()[1].startswith("0 23 * * * cd / && /bin/echo review")
    command = lines[0].split(maxsplit=5)[5].replace(r"\%", "%")  # as cron hands it to the shell
    said = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout
    assert said.strip() == " ".join([*SCHEDULE.command[1:], *SCHEDULE.notice])


def test_the_cronjobs_are_what_kubernetes_asks_for():
    jobs = list(yaml.safe_load_all(kubernetes_cronjob(SCHEDULE)))
    assert [job["spec"]["schedule"] for job in jobs] == ["30 1 16 6 *", "30 1 17 12 *"]
    assert len({job["metadata"]["name"] for job in jobs}) == 2
    for job in jobs:
        assert (job["apiVersion"], job["kind"]) == ("batch/v1", "CronJob")
        assert len(job["metadata"]["name"]) <= 52  # the name of a CronJob may have that many characters
        assert set(job["spec"]) <= {
            "schedule", "timeZone", "concurrencyPolicy", "startingDeadlineSeconds", "jobTemplate"
        }  # fmt: skip
        pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        assert pod["restartPolicy"] in ("Never", "OnFailure")
        assert pod["containers"][0]["command"] == ["mande", *SCHEDULE.command[1:], *SCHEDULE.notice]
        assert {mount["name"] for mount in pod["containers"][0]["volumeMounts"]} == {
            one["name"] for one in pod["volumes"]
        }


def test_python_reads_the_dag_and_its_words_are_ours(tmp_path):
    (text,) = (text for name, text in schedule_files(SCHEDULE).items() if name.endswith("_dag.py"))
    assigned = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign)
    }
    assert assigned["COMMAND"] == list(SCHEDULE.command) and assigned["UNITS"] == ["VN", "01"]
    pytest.importorskip("airflow")
    from airflow.dag_processing.dagbag import DagBag

    (tmp_path / "mande_dag.py").write_text(text)
    bag = DagBag(tmp_path)
    assert bag.import_errors == {} and list(bag.dags) == [SCHEDULE.name]


def test_a_command_is_given_the_summary(tmp_path):
    told = tmp_path / "told.json"
    write = f"import sys, pathlib; pathlib.Path({str(told)!r}).write_text(sys.stdin.read())"
    summary = {"run": "x"}
    with notice_of_end(f'{sys.executable} -c "{write}"', summary):
        summary["made"] = 3
    assert json.loads(told.read_text()) == {"run": "x", "state": "done", "made": 3, "seconds": pytest.approx(0, abs=5)}


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.mark.parametrize(
    ("error", "state"), [(DataError([]), "failed"), (SystemExit(143), "stopped"), (KeyError("x"), "failed")]
)
def test_an_address_is_told_of_a_failure(error, state):
    server = http.server.HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.handle_request, daemon=True).start()
    with pytest.raises(type(error)), notice_of_end(f"http://127.0.0.1:{server.server_port}/", {"run": "x"}):
        raise error
    server.server_close()
    assert (server.told["run"], server.told["state"]) == ("x", state)


def test_a_notice_that_cannot_be_given_changes_nothing(caplog):
    with notice_of_end("/no/such/program", {}):
        pass
    assert "the notice was not given" in caplog.text
    with pytest.raises(UsageError, match="is no command"), notice_of_end("'open", {}):
        pass
