"""What benchmarks share: seconds of the processor, and a line of the printed table."""

import resource


def processor_seconds() -> float:
    """Return the seconds of processor that this process and those that it started have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def report(what: str, figure: str) -> None:
    """Print one line of the table."""
    print(f"{what:55} {figure}", flush=True)
