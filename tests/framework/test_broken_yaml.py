"""What is written wrongly is refused with file, line, path and cure, all at once, and never with a traceback."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mande.errors import DefinitionError, UsageError
from mande.framework.load import load_programme, load_programmes


@dataclass(frozen=True)
class Broken:
    """One mistake: what is replaced in which file, and what the reader must be told."""

    name: str
    file: str
    old: str
    new: str
    path: str
    found: str
    cure: str


MISTAKES = [
    Broken("misspelt key", "framework.yaml", "value: 16}", "valeu: 16}", "targets[0].levels[0].valeu", "unknown key 'valeu'", "did you mean 'value'?"),
    Broken("misspelt key of a target", "framework.yaml", "    result: R1\n    indicator: MY_INJURY_DEATHS", "    resutl: R1\n    indicator: MY_INJURY_DEATHS", "targets[0].resutl", "unknown key 'resutl'", "did you mean 'result'?"),
    Broken("misspelt key of the header", "programme.yaml", "start_date:", "start_dat:", "start_dat", "unknown key 'start_dat'", "did you mean 'start_date'?"),
    Broken("missing key", "framework.yaml", "    unit: deaths\n", "", "indicators[1].unit", "the key 'unit' is missing", "add 'unit: …'"),
    Broken("key in the wrong file", "programme.yaml", "stages:", "tasks: []\nstages:", "tasks", "does not belong into this file", "move it to tasks.yaml"),
    Broken("unknown list", "tasks.yaml", "tasks:", "task:", "task", "unknown key 'task'", "did you mean 'tasks'?"),
    Broken("year outside the programme", "framework.yaml", "year: 2025, operator", "year: 2035, operator", "targets[0].levels[0].year", "the year 2035 is outside the programme (2021 to 2030)", "correct the year"),
    Broken("span outside the programme", "framework.yaml", "from_year: 2021", "from_year: 2019", "targets[2].levels[0].from_year", "the year 2019 is outside", "correct the year"),
    Broken("judged year outside", "programme.yaml", "judged_year: 2025", "judged_year: 2015", "stages.mid-term.judged_year", "the year 2015 is outside", "a year of the programme"),
    Broken("sign against ascending", "framework.yaml", 'operator: "<=", value: 16', 'operator: ">=", value: 16', "targets[0].levels[0].operator", "the operator '>=' contradicts 'MY_INJURY_DEATHS', of which lower is better", "turn the operator round"),
    Broken("rise where a fall is better", "framework.yaml", "value: -10", "value: 10", "targets[1].levels[0].value", "the change +10 % contradicts", "a fall as a negative number"),
    Broken("unknown operator", "framework.yaml", 'operator: "<=", value: 16', 'operator: "=<", value: 16', "targets[0].levels[0].operator", "'=<' is not one of the allowed words", "did you mean"),
    Broken("unknown indicator", "framework.yaml", "    indicator: MY_DROWNINGS", "    indicator: MY_DROWNING", "targets[1].indicator", "there is no indicator 'MY_DROWNING'", "did you mean 'MY_DROWNINGS'?"),
    Broken("unknown result", "framework.yaml", "    result: R1\n    indicator: MY_DROWNINGS", "    result: R2\n    indicator: MY_DROWNINGS", "targets[1].result", "there is no result 'R2'", "R1"),
    Broken("unknown basis of a target", "framework.yaml", "bases: [my-plan-report]\n    levels:\n      - {kind", "bases: [my-plan-reports]\n    levels:\n      - {kind", "targets[1].bases[0]", "has no basis 'my-plan-reports'", "did you mean 'my-plan-report'?"),
    Broken("unknown basis of an indicator", "framework.yaml", "    aggregation: sum\n    bases: [my-plan-report]", "    aggregation: sum\n    bases: [census]", "indicators[1].bases[0]", "there is no basis 'census'", "use one of: my-plan-report"),
    Broken("unknown definition", "framework.yaml", "    levels:\n      - {kind", "    definition: sc-2016\n    levels:\n      - {kind", "targets[1].definition", "has no definition 'sc-2016'", "none is defined yet"),
    Broken("unknown parent", "programme.yaml", "# parent: vn-children-2021-2030", "parent: vn-children-2021-2031", "parent", "there is no other programme 'vn-children-2021-2031'", "none is defined yet"),
    Broken("national target without parent", "framework.yaml", "    # national_target: QD23-11b", "    national_target: QD23-11b", "targets[0].national_target", "the programme has no parent", "add 'parent: …'"),
    Broken("target twice", "framework.yaml", "- id: MY-2", "- id: MY-1", "targets[1].id", "the target 'MY-1' stands twice (first as targets[0])", "its own id"),
    Broken("indicator twice", "framework.yaml", "- id: MY_DROWNINGS", "- id: MY_INJURY_DEATHS", "indicators[1].id", "the indicator 'MY_INJURY_DEATHS' stands twice", "its own id"),
    Broken("task twice", "tasks.yaml", "MY-T2", "MY-T1", "tasks[1].id", "the task 'MY-T1' stands twice", "its own id"),
    Broken("level without value", "framework.yaml", ', value: 16}', "}", "targets[0].levels[0].value", "the kind 'level' needs 'value'", "add 'value: …'"),
    Broken("level without operator", "framework.yaml", 'operator: "<=", value: 16', "value: 16", "targets[0].levels[0].operator", "the kind 'level' needs 'operator'", "add 'operator: …'"),
    Broken("change without base year", "framework.yaml", "base_year: 2020, ", "", "targets[1].levels[0].base_year", "the year is missing against which", "add 'base_year: …'"),
    Broken("kind with a field too many", "framework.yaml", "value: 16}", "value: 16, base_year: 2020}", "targets[0].levels[0].base_year", "the kind 'level' cannot have 'base_year'", "delete it"),
    Broken("unknown kind", "framework.yaml", "kind: change_from_base", "kind: change_from_bas", "targets[1].levels[0].kind", "'change_from_bas' is not one of the allowed words", "did you mean 'change_from_base'?"),
    Broken("levels out of order", "framework.yaml", "year: 2030, operator", "year: 2024, operator", "targets[0].levels[1]", "the year 2024 comes after 2025", "in the order of the years"),
    Broken("no year", "framework.yaml", "{year: 2025, operator", "{operator", "targets[0].levels[0].year", "no year is given", "add 'year: …'"),
    Broken("half a span", "framework.yaml", ", to_year: 2030", "", "targets[2].levels[0].from_year", "the span of years is open", "both 'from_year' and 'to_year'"),
    Broken("span and year", "framework.yaml", "{from_year: 2021, to_year: 2030", "{year: 2025, from_year: 2021, to_year: 2030", "targets[2].levels[0].year", "both a year and a span", "keep one"),
    Broken("span turned round", "framework.yaml", "from_year: 2021, to_year: 2030", "from_year: 2030, to_year: 2021", "targets[2].levels[0].from_year", "the span runs from 2030 to 2021", "the earlier year first"),
    Broken("range turned round", "framework.yaml", "{kind: change_from_base, year: 2025, base_year: 2020, value: -10}", "{kind: yearly_change_between, from_year: 2021, to_year: 2030, value: 3, value_high: 2}", "targets[1].levels[0].value_high", "the range runs from 3 to 2", "the smaller number in 'value'"),
    Broken("percentage above 100", "framework.yaml", "value: 100", "value: 1000", "targets[2].levels[0].value", "1000 is not a percentage of a whole", "from 0 to 100"),
    Broken("text for a number", "framework.yaml", "value: 16}", 'value: "16"}', "targets[0].levels[0].value", "'16' is not a number", "without quotes"),
    Broken("decimal comma", "framework.yaml", "value: 16}", 'value: "9,5"}', "targets[0].levels[0].value", "'9,5' is not a number", "such as 9.5"),
    Broken("yes for a number", "framework.yaml", "value: 16}", "value: yes}", "targets[0].levels[0].value", "is not a number", "such as 9.5"),
    Broken("not a number at all", "framework.yaml", "value: 16}", "value: .nan}", "targets[0].levels[0].value", "is not a number", "such as 9.5"),
    Broken("code without quotes", "programme.yaml", 'place_code: "01"', "place_code: 01", "place_code", "'1' is not a text", "between quotes"),
    Broken("no such day", "programme.yaml", "end_date: 2030-12-31", "end_date: 2030-13-31", "end_date", "'2030-13-31' is not a date", "YYYY-MM-DD"),
    Broken("ends before it starts", "programme.yaml", "end_date: 2030-12-31", "end_date: 2020-12-31", "end_date", "the programme ends (2020-12-31) before it starts", "correct one of the two"),
    Broken("day of no month", "calendar.yaml", '"06-15"', '"06-31"', "calendar[0].days[0]", "'06-31' is no day of the year", "MM-DD"),
    Broken("day turned round", "tasks.yaml", '"03-31"', '"31/03"', "tasks[1].due_days[0]", "'31/03' is not a day of the year", "MM-DD"),
    Broken("task outside the programme", "tasks.yaml", "2023-06-30", "2033-06-30", "tasks[0].due_date", "the day 2033-06-30 is outside the programme", "correct the day"),
    Broken("validity turned round", "calendar.yaml", "    is_day_included: false", "    valid_from: 2025-01-01\n    valid_to: 2024-01-01", "calendar[0].valid_to", "valid_to 2024-01-01 is before valid_from", "correct one"),
    Broken("paces turned round", "programme.yaml", "behind_pace: 0.60", "behind_pace: 0.97", "verdict_rule.behind_pace", "behind_pace 0.97 is not below on_track_pace 0.95", "a smaller share"),
    Broken("pace above one", "programme.yaml", "on_track_pace: 0.95", "on_track_pace: 95", "verdict_rule.on_track_pace", "'95' is outside the allowed range", "less than or equal to 1"),
    Broken("no such rule", "programme.yaml", "name: linear-path ", "name: linear-pth ", "verdict_rule.name", "'linear-pth'", "linear-path"),
    Broken("no such version", "programme.yaml", 'version: "1"', 'version: "2"', "verdict_rule.version", "there is no version '2' of linear-path", 'write "1"'),
    Broken("bands of its own for a published rule", "programme.yaml", "name: linear-path ", "name: un-progress-chart-2023 ", "verdict_rule.behind_pace", "un-progress-chart-2023 was published with 0.10, not 0.60", "write 0.10, or choose linear-path"),
    Broken("one language", "framework.yaml", 'title: {vi: "Số trẻ em tử vong do đuối nước", en: "Children who drowned"}', 'title: {vi: "Số trẻ em tử vong do đuối nước"}', "indicators[1].title.en", "the key 'en' is missing", "add 'en: …'"),
    Broken("text for both languages", "framework.yaml", 'title: {vi: "Số trẻ em tử vong do đuối nước", en: "Children who drowned"}', "title: Children who drowned", "indicators[1].title", "'Children who drowned' stands where keys are expected", "vi, en"),
    Broken("text for a list", "framework.yaml", "bases: [my-plan-report]\n    levels:\n      - {kind", "bases: my-plan-report\n    levels:\n      - {kind", "targets[1].bases", "stands where a list is expected", "write a list"),
    Broken("no levels", "framework.yaml", "    levels:\n      - {kind: change_from_base, year: 2025, base_year: 2020, value: -10}", "    levels: []", "targets[1].levels", "nothing stands here", "at least one entry"),
    Broken("list left empty", "tasks.yaml", "tasks:", "tasks:\nx:", "tasks", "nothing stands where a list is expected", "[] for none"),
    Broken("code with a space", "framework.yaml", "- id: MY-2", "- id: MY 2", "targets[1].id", "'MY 2' is not a code", "without spaces"),
    Broken("folder of another name", "programme.yaml", "id: my-plan ", "id: our-plan ", "id", "the id 'our-plan' differs from the folder 'my-plan'", "the same name"),
    Broken("key twice", "framework.yaml", "    unit: deaths\n", "    unit: deaths\n    unit: cases\n", "unit", "the key 'unit' stands twice", "keep one"),
    Broken("baseline after the target", "framework.yaml", "    levels:\n      - {kind", "    baseline: {year: 2026, value: 12}\n    levels:\n      - {kind", "targets[1].baseline.year", "the baseline of 2026 lies after the first target year 2025", "before the first target year"),
    Broken("unknown confidence", "programme.yaml", "confidence: text ", "confidence: certain ", "document.confidence", "'certain' is not one of the allowed words", "use one of"),
    Broken("bridge to nowhere", "framework.yaml", "targets:\n", "bridges:\n  - {indicator: MY_DROWNINGS, from_definition: a, to_definition: b, factor: 1.2}\n\ntargets:\n", "bridges[0].from_definition", "has no definition 'a'", "none is defined yet"),
]  # fmt: skip


def break_plan(folder, mistake):
    path = folder / "my-plan" / mistake.file
    text = path.read_text(encoding="utf-8")
    assert mistake.old in text, f"the template no longer holds {mistake.old!r}"
    path.write_text(text.replace(mistake.old, mistake.new, 1), encoding="utf-8")


def problems_of(folder, name="my-plan"):
    with pytest.raises(DefinitionError) as caught:
        load_programme(folder, name)
    return caught.value.problems


def test_the_template_itself_loads(my_plan):
    plan = load_programme(my_plan, "my-plan")
    assert [target.id for target in plan.targets] == ["MY-1", "MY-2", "MY-3"]
    assert [len(plan.tasks), len(plan.calendar)] == [2, 1]
    assert plan.targets[0].citation.document == "00/KH-UBND"
    assert plan.targets[2].citation.section == "mục II.3"


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_told_with_file_line_path_and_cure(my_plan, mistake):
    break_plan(my_plan, mistake)
    problems = problems_of(my_plan)
    told = [problem for problem in problems if mistake.found in problem.found]
    assert told, [str(problem) for problem in problems]
    where = re.fullmatch(r"programmes/my-plan/(\S+\.yaml):(\d+) (\S+)", told[0].where)
    assert where is not None, told[0].where
    assert (where[1], where[3]) == (mistake.file, mistake.path)
    assert mistake.cure in told[0].todo


def test_the_line_is_the_one_of_the_mistake(my_plan):
    path = my_plan / "my-plan" / "framework.yaml"
    text = path.read_text(encoding="utf-8").replace("value: 16}", "valeu: 16}")
    path.write_text(text, encoding="utf-8")
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "valeu" in row)
    wheres = {problem.where for problem in problems_of(my_plan)}
    assert f"programmes/my-plan/framework.yaml:{line} targets[0].levels[0].valeu" in wheres


def test_all_mistakes_of_all_files_are_told_at_once(my_plan):
    wanted = {"misspelt key", "judged year outside", "task twice", "day of no month", "unknown indicator"}
    chosen = [mistake for mistake in MISTAKES if mistake.name in wanted]
    for mistake in chosen:
        break_plan(my_plan, mistake)
    told = " | ".join(problem.found for problem in problems_of(my_plan))
    assert all(mistake.found in told for mistake in chosen)


def test_a_broken_indicator_is_one_mistake_not_two(my_plan):
    path = my_plan / "my-plan" / "framework.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("measure: count", "measure: counted"), encoding="utf-8")
    assert [problem.where.split()[-1] for problem in problems_of(my_plan)] == ["indicators[1].measure"]


def test_a_broken_result_is_one_mistake_not_four(my_plan):
    path = my_plan / "my-plan" / "framework.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("level: outcome", "level: outcom"), encoding="utf-8")
    assert [problem.where.split()[-1] for problem in problems_of(my_plan)] == ["results[0].level"]


def test_mistakes_of_several_programmes_are_told_together(my_plan):
    break_plan(my_plan, MISTAKES[0])
    (my_plan / "empty-plan").mkdir()
    with pytest.raises(DefinitionError) as caught:
        load_programmes(my_plan)
    wheres = [problem.where for problem in caught.value.problems]
    assert any(where.startswith("programmes/my-plan/framework.yaml") for where in wheres)
    assert "programmes/empty-plan/programme.yaml" in wheres


@pytest.mark.parametrize(
    "content,found",
    [
        (b"", "the file is empty"),
        (b"# only a comment\n", "the file is empty"),
        (b"- a\n- b\n", "a list stands where keys are expected"),
        (b"just words\n", "'just words' stands where keys are expected"),
        ("results: []\nnote: Hà Nội\n".encode("utf-16"), "the text is not UTF-8"),
        ("results: []\n# Đã kiểm tra\n".encode("cp1258", errors="replace"), "the text is not UTF-8"),
        (b"results: [\n", "this is not YAML"),
        (b"results:\n\t- a\n", "this is not YAML"),
        (b"results: []\noperator: >= 5\n", "this is not YAML"),
        (b"a: \x00\n", "this is not YAML"),
        (b"a: &x [*x]\n", "unknown key 'a'"),
        (b"a: " + b"[" * 5000, "this is not YAML"),
        (b"a: " + b"9" * 9000 + b"\n", "a value cannot be read"),
        (b"a: !!python/object:os.system {}\n", "this is not YAML"),
        (b"? {a: b}\n: c\n", "this is not YAML"),
        (b"a: " + b"x" * 10_000_000 + b"\n", "unknown key 'a'"),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value[:20]),
)
def test_a_file_that_is_no_definition_is_refused(my_plan, content, found):
    (my_plan / "my-plan" / "framework.yaml").write_bytes(content)
    problems = problems_of(my_plan)
    assert any(found in problem.found for problem in problems), [str(problem)[:200] for problem in problems]
    assert all(problem.where.startswith("programmes/my-plan/") and problem.todo for problem in problems)
    assert all(len(str(problem)) < 500 for problem in problems)


@pytest.mark.parametrize("name", ["programme.yaml", "framework.yaml"])
def test_a_missing_file_is_told(my_plan, name):
    (my_plan / "my-plan" / name).unlink()
    told = {problem.where: problem for problem in problems_of(my_plan)}
    assert told[f"programmes/my-plan/{name}"].found == "the file is missing"


def test_a_file_of_another_name_is_told(my_plan):
    (my_plan / "my-plan" / "task.yaml").write_text("tasks: []\n", encoding="utf-8")
    assert [p.todo for p in problems_of(my_plan)] == ["did you mean 'tasks.yaml'?"]


def test_an_unreadable_file_is_told(my_plan):
    path = my_plan / "my-plan" / "tasks.yaml"
    path.unlink()
    path.mkdir()
    assert "the file cannot be read" in problems_of(my_plan)[0].found


def test_a_broken_catalogue_is_told_with_its_line(my_plan):
    (my_plan / "indicators.yaml").write_text("bases:\n  - {id: a, titel: b}\n", encoding="utf-8")
    wheres = [problem.where for problem in problems_of(my_plan)]
    assert "programmes/indicators.yaml:2 bases[0].titel" in wheres


def test_an_own_indicator_may_not_hide_a_shared_one(my_plan):
    plan = yaml.safe_load((my_plan / "my-plan" / "framework.yaml").read_text(encoding="utf-8"))
    shared = yaml.safe_dump({"bases": plan["bases"], "indicators": plan["indicators"][1:2]}, allow_unicode=True)
    (my_plan / "indicators.yaml").write_text(shared, encoding="utf-8")
    assert any("is already in the shared catalogue" in problem.found for problem in problems_of(my_plan))


def test_a_national_target_that_the_parent_lacks_is_told(my_plan, programmes_folder):
    for name in ("programme.yaml", "framework.yaml"):
        parent = my_plan / "vn-children-2021-2030"
        parent.mkdir(exist_ok=True)
        source = programmes_folder / "vn-children-2021-2030" / name
        (parent / name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    (my_plan / "indicators.yaml").write_bytes((programmes_folder / "indicators.yaml").read_bytes())
    path = my_plan / "my-plan" / "programme.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("# parent:", "parent:"), encoding="utf-8")
    path = my_plan / "my-plan" / "framework.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("# national_target: QD23-11b", "national_target: QD23-11b"), encoding="utf-8")
    assert load_programme(my_plan, "my-plan").target("MY-1").national_target == "QD23-11b"
    path.write_text(text.replace("# national_target: QD23-11b", "national_target: QD23-11c"), encoding="utf-8")
    problem = problems_of(my_plan)[0]
    assert problem.found == "the parent programme has no target 'QD23-11c'"
    assert problem.todo.startswith("did you mean 'QD23-11")


@pytest.mark.parametrize("name", ["my-plam", "../my-plan", "", "."])
def test_an_unknown_programme_is_a_mistake_of_use(my_plan, name):
    with pytest.raises(UsageError, match="there is no programme"):
        load_programme(my_plan, name)


def test_a_missing_folder_is_a_mistake_of_use(tmp_path):
    with pytest.raises(UsageError, match="there is no such folder"):
        load_programmes(tmp_path / "nowhere")


def places_in(value, path=()):
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places_in(child, (*path, key))


def replaced(value, path, new):
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(copy[path[0]], path[1:], new)
    return copy


WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=4), st.integers(), max_size=2),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_at_a_place_it_loads_or_is_told(my_plan, data):
    """Any value anywhere in any file: either a programme, or problems that each say where and what to do."""
    name = data.draw(st.sampled_from(["programme.yaml", "framework.yaml", "tasks.yaml", "calendar.yaml"]))
    path = my_plan / "my-plan" / name
    original = path.read_text(encoding="utf-8")
    content = yaml.safe_load(original)
    place = data.draw(st.sampled_from(list(places_in(content))))
    path.write_text(yaml.safe_dump(replaced(content, place, data.draw(WRONG)), allow_unicode=True), encoding="utf-8")
    try:
        load_programme(my_plan, "my-plan")
    except DefinitionError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.where.startswith("programmes/my-plan/") and problem.found and problem.todo
    finally:
        path.write_text(original, encoding="utf-8")


def test_a_decimal_comma_is_named(tmp_path):
    """In a flow mapping `9,5` is the value 9 and a key 5."""
    folder = tmp_path / "programmes"
    shutil.copytree(Path(__file__).parents[2] / "programmes", folder)
    path = folder / "ha-nam-child-protection-2016-2020" / "framework.yaml"
    text = path.read_text(encoding="utf-8")
    assert "value: 4," in text
    path.write_text(text.replace("value: 4,", "value: 4,5,", 1), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"write decimals with a point \(9\.5, not 9,5\)"):
        load_programme(folder, "ha-nam-child-protection-2016-2020")
