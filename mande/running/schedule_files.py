"""One schedule, written for those who keep the time: systemd, cron, Airflow, Kubernetes."""

import json
import shlex
from string import Template

import yaml

from mande.running.schedule import Schedule

_NEVER_AGAIN = "1 2 10 11 12 13 14"
"""Exit codes that the same command would end with again; everything else (a signal, a kill) is taken up again."""

_IMAGE = "registry.example/mande:latest"

_DAG = Template('''"""$name: a task per unit, then one that brings their pages into one run."""

import subprocess
from datetime import datetime, timedelta

from airflow.sdk import dag, task
from airflow.timetables.trigger import MultipleCronTriggerTimetable

FOLDER = $folder
COMMAND = $command
NOTICE = $notice
UNITS = $units
BY_UNIT = "reports/by-unit"


@task(retries=3, retry_delay=timedelta(minutes=5))
def make_page(unit):
    """Make the page of one unit in a run of its own."""
    subprocess.run([*COMMAND, "--unit", unit, "--output", f"{BY_UNIT}/{unit}"], cwd=FOLDER, check=True)


@task(retries=3, retry_delay=timedelta(minutes=5))
def make_run():
    """Bring the pages together; make the committee's, and any that is missing."""
    subprocess.run([*COMMAND, *NOTICE, "--take-from", BY_UNIT], cwd=FOLDER, check=True)


@dag(
    dag_id=$dag_id,
    schedule=MultipleCronTriggerTimetable($crons, timezone=$zone),
    start_date=datetime(2025, 1, 1),
    catchup=False,
    max_active_runs=1,
    tags=["mande"],
)
def review():
    """Map the first task over the units, then make the run."""
    make_page.expand(unit=UNITS) >> make_run()


review()
''')


def schedule_files(schedule: Schedule) -> dict[str, str]:
    """Return the content of each file by its name."""
    name = schedule.name
    return {
        f"{name}.service": systemd_service(schedule),
        f"{name}.timer": systemd_timer(schedule),
        f"{name}.crontab": crontab(schedule),
        f"{name.replace('-', '_')}_dag.py": airflow_dag(schedule),
        f"{name}.cronjob.yaml": kubernetes_cronjob(schedule),
    }


def systemd_service(schedule: Schedule) -> str:
    """Return the unit that runs the review once; after a kill it is taken up again from where it was."""
    command = " ".join(_systemd_word(word) for word in (*schedule.command, *schedule.notice))
    return f"""[Unit]
Description=mande: {schedule.name}
StartLimitIntervalSec=6h
StartLimitBurst=4

[Service]
Type=oneshot
WorkingDirectory={_percent(schedule.folder)}
ExecStart={command}
Restart=on-failure
RestartSec=5min
RestartPreventExitStatus={_NEVER_AGAIN}
TimeoutStartSec=infinity
TimeoutStopSec=2min
Nice=10
"""


def systemd_timer(schedule: Schedule) -> str:
    """Return the timer of the service; a day missed because the machine was off is made up for."""
    clock = f"{schedule.at:%H:%M}:00 {schedule.zone}"
    dates = [f"*-{day}" for day in schedule.days] or ["*-*-*"]
    lines = "\n".join(f"OnCalendar={day} {clock}" for day in dates)
    return f"""[Unit]
Description=When to run mande: {schedule.name}

[Timer]
{lines}
Persistent=true
RandomizedDelaySec=5min

[Install]
WantedBy=timers.target
"""


def crontab(schedule: Schedule) -> str:
    """Return the lines of a crontab; cron splits at % unless it is escaped, and knows no time zone of its own."""
    command = f"cd {shlex.quote(schedule.folder)} && {shlex.join([*schedule.command, *schedule.notice])}".replace(
        "%", r"\%"
    )
    lines = "\n".join(f"{fields} {command}" for fields in schedule.crons)
    return f"# {schedule.name}; times are those of the machine, meant for {schedule.zone}\n{lines}\n"


def airflow_dag(schedule: Schedule) -> str:
    """Return a DAG: a task for each unit, mapped over the list; then one that brings all their pages together.

    The tasks of units may run on several machines that share the workspace's disk; only the last one gives notice.
    """
    return _DAG.substitute(
        name=schedule.name,
        dag_id=_text(schedule.name),
        folder=_text(schedule.folder),
        command=_text(list(schedule.command)),
        notice=_text(list(schedule.notice)),
        units=_text(list(schedule.units)),
        crons=", ".join(_text(fields) for fields in schedule.crons),
        zone=_text(schedule.zone),
    )


def kubernetes_cronjob(schedule: Schedule) -> str:
    """Return a CronJob for each day; the workspace is a volume, so that a new pod takes up what a lost one left."""
    jobs = [_cronjob(schedule, fields, number) for number, fields in enumerate(schedule.crons, start=1)]
    return yaml.safe_dump_all(jobs, sort_keys=False, allow_unicode=True)


def _cronjob(schedule: Schedule, fields: str, number: int) -> dict:
    container = {
        "name": "mande",
        "image": _IMAGE,
        "command": ["mande", *schedule.command[1:], *schedule.notice],
        "workingDir": "/workspace",
        "volumeMounts": [{"name": "workspace", "mountPath": "/workspace"}],
        "resources": {"requests": {"cpu": "2", "memory": "4Gi"}, "limits": {"memory": "8Gi"}},
    }
    volume = {"name": "workspace", "persistentVolumeClaim": {"claimName": "mande-workspace"}}
    pod = {"restartPolicy": "Never", "containers": [container], "volumes": [volume]}
    job = {"backoffLimit": 3, "template": {"spec": pod}}
    name = schedule.name if len(schedule.crons) == 1 else f"{schedule.name}-{number}"
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": name[:52].rstrip("-")},
        "spec": {
            "schedule": fields,
            "timeZone": schedule.zone,
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": 21600,
            "jobTemplate": {"spec": job},
        },
    }


def _systemd_word(word: str) -> str:
    """Return a word as systemd reads it: quoted where it must be, with nothing that it would expand."""
    escaped = _percent(word).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{escaped}"' if any(letter in word for letter in " \t\"';$") or not word else escaped


def _text(value: str | list[str]) -> str:
    """Return a value as Python reads it; JSON's strings and lists are Python's, too."""
    return json.dumps(value, ensure_ascii=False)


def _percent(text: str) -> str:
    return text.replace("%", "%%")
