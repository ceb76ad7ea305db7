import re
import subprocess
import sys
import uuid
from collections import Counter
from datetime import UTC, datetime

import pytest
from jinja2 import Environment

from workbench.serde.errors import TemplateError
from workbench.serde.plain_templates import compiled
from workbench.serde.templates import compile_template

UUID_TEXT = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def rendered(text, seq=17, **how):
    return compile_template(text, **how).render(seq)


@pytest.mark.parametrize("text", ["", "user-7", '{"id": 1}', "}} %} #}", "a { b", "line\r\nline\n"])
def test_a_text_without_marks_is_constant_and_untouched(text):
    template = compile_template(text)
    assert template.is_constant
    assert template.render(1) == template.render(2) == text


def test_a_constant_text_does_not_load_jinja2():
    code = (
        "import sys\n"
        "from workbench.serde.maker import RecordMaker\n"
        "from workbench.model.record import RecordPlan\n"
        "RecordMaker(RecordPlan(key='a', value='{}'), 7, 'r').make(1)\n"
        "assert 'jinja2' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)


def test_names_of_a_record():
    assert not compile_template("{{ seq }}").is_constant
    assert rendered("user-{{ seq % 10 }} of {{ run_id }}", run_id="r1") == "user-7 of r1"


def test_a_comment_is_taken_out():
    assert rendered("a{# why #}b") == "ab"


@pytest.mark.parametrize("text", ["{{ seq }}\r\nb\r\n", "{{ seq }}\nb\n", "\n{{ seq }}"])
def test_line_ends_stay_as_they_are(text):
    assert rendered(text) == text.replace("{{ seq }}", "17")


def test_nothing_is_escaped_for_html():
    assert rendered("{{ '<&>' }}") == "<&>"


def test_now_is_this_moment_in_utc():
    before = datetime.now(UTC)
    iso, milliseconds = rendered("{{ now }} {{ now_ms }}").split()
    after = datetime.now(UTC)
    assert iso.endswith("Z")
    moment = datetime.fromisoformat(iso)
    assert int(before.timestamp() * 1000) <= int(milliseconds) <= int(after.timestamp() * 1000)
    assert abs(moment.timestamp() - int(milliseconds) / 1000) < 0.001


DRAWS = "{{ random(1, 1000000) }} {{ choice('a', 'b', 'c') }} {{ uuid() }} {{ [1, 2, 3] | random }}"


def test_a_record_is_the_same_whatever_was_rendered_before():
    one, other = compile_template(DRAWS, seed=7), compile_template(DRAWS, seed=7)
    forwards = [one.render(seq) for seq in range(50)]
    backwards = [other.render(seq) for seq in reversed(range(50))]
    assert forwards == backwards[::-1]
    assert len(set(forwards)) == 50


def test_draws_are_the_same_in_every_version_of_kwb():
    """Scenarios are repeated years later: a change of the generator breaks their figures."""
    assert rendered("{{ random(1, 1000000) }} {{ uuid() }}", seed=7, part="key") == PINNED


PINNED = "106014 e7ad66d9-0c1f-4dc4-9dab-1f76ade1cd97"


def test_seed_part_and_seq_each_change_the_draws():
    drawn = {
        rendered("{{ random(0, 10**18) }}", seq, seed=seed, part=part)
        for seq in range(20)
        for seed in (0, 1, 7, -1, 2**63 - 1)
        for part in ("key", "value")
    }
    assert len(drawn) == 20 * 5 * 2


def test_draws_are_even():
    template = compile_template("{{ random(1, 6) }}", seed=3)
    counts = Counter(template.render(seq) for seq in range(6000))
    assert set(counts) == set("123456")
    assert all(850 < count < 1150 for count in counts.values())  # 5 sigma, and the seed is fixed


def test_a_uuid_is_one_of_version_4():
    text = rendered("{{ uuid() }}")
    assert re.fullmatch(UUID_TEXT, text)
    assert uuid.UUID(text).version == 4
    assert rendered("{{ uuid() == uuid() }}") == "False"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ sq }}", "unknown name sq; did you mean seq?"),
        (
            "{{ order.id }}",
            "unknown name order; there are seq, run_id, now, now_ms, choice, city, first_name, name, random, sample",
        ),
        ("{{ seq // 0 }}", "integer division or modulo by zero"),
        ("{{ choice() }}", "choice() has nothing to choose from"),
        ("{{ [] | random }}", "choice() has nothing to choose from"),
        ("{{ random(6) }}", "random(low, high) takes two whole numbers"),
        ("{{ random('a', 2) }}", "random(low, high) takes two whole numbers"),
        ("{{ random(6, 1) }}", "random(6, 1): the first number is the larger"),
        ("{{ seq.bit_length.__self__ }}", "is unsafe"),
        ("{{ ''.__class__ }}", "is unsafe"),
        ("{% include 'other' %}", "no loader"),
        ("{{ 'x' * 10**9 }}", "more than 4,000,000 items"),
        ("{{ 10**9 * [1] }}", "more than 4,000,000 items"),
        ("{{ 2 ** 9999999 }}", "more than 4,000,000 bits"),
        ("{{ range(10**9) }}", "Range too big"),
        ("{{ lipsum() }}", "unknown name lipsum"),
    ],
)
def test_what_cannot_be_rendered_is_said_in_one_line(text, reason):
    template = compile_template(text)
    with pytest.raises(TemplateError) as caught:
        template.render(1)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line"), [("{{ }}", 1), ("a\nb {{ seq \n", 2), ("\n\n{% for %}", 3), ("{% if seq %}\nx", 1)]
)
def test_a_syntax_error_names_its_line(text, line):
    with pytest.raises(TemplateError, match=rf"^line {line}: ") as caught:
        compile_template(text)
    assert "\n" not in str(caught.value)


def test_a_timer_may_end_a_rendering():
    class Ringing:
        def __str__(self):
            raise TimeoutError("took longer than 1000 ms")

    template = compile_template("{{ run_id }}", run_id=Ringing())
    with pytest.raises(TemplateError, match="took longer than 1000 ms"):
        template.render(1)
    template_after = compile_template("{{ seq }}")
    assert template_after.render(3) == "3"


def test_names_a_template_sets_do_not_reach_the_next_record():
    template = compile_template("{{ seq }}{% set seq = 99 %}{{ seq }} {% set mine = 1 %}")
    assert template.render(1) == "199 "
    assert template.render(2) == "299 "
    with pytest.raises(TemplateError, match="unknown name mine"):
        compile_template("{% if seq == 1 %}{% set mine = 1 %}{% endif %}{{ mine }}").render(2)


PLAIN = [
    "{{ seq }}",
    "user-{{ seq % 7 }}",
    '{"id": {{ seq }}, "item": "{{ choice("tea", "coffee", 3) }}", "n": {{ random(1, seq + 6) }}}\n',
    "{{ uuid() }} {{ uuid() }}-{{ run_id }}",
    "{{ (seq + 1) * 3 - 4 // 2 }}/{{ seq / 4 }}",
    "{{ 'a' }}{{ 5 }}{# gone #}\r\n<&>",
]
NOT_PLAIN = ["{{ now_ms * 0 }}", "{{ seq ** 2 }}", "{{ 'x' * seq }}", "{% if seq %}y{% endif %}", "{{ seq | string }}", "{{ choice(*[1, 2]) }}", "{{ range(3) }}", "{{ -seq }}"]  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_template_says_what_jinja_says(text, monkeypatch):
    quick = compile_template(text, 5, "r1", "value")
    monkeypatch.setattr("workbench.serde.plain_templates.compiled", lambda *_: None)
    slow = compile_template(text, 5, "r1", "value")
    assert [quick.render(seq) for seq in (0, 3, 41, 7)] == [slow.render(seq) for seq in (0, 3, 41, 7)]


@pytest.mark.parametrize("text", [*PLAIN, *NOT_PLAIN])
def test_only_what_python_says_alike_is_plain(text):
    draws = dict.fromkeys(("choice", "random", "uuid"), lambda *_: 0)
    assert (compiled(Environment().parse(text), draws, "r") is None) == (text in NOT_PLAIN)


def test_what_goes_wrong_in_a_plain_template_is_explained_by_jinja():
    with pytest.raises(TemplateError, match="zero") as told:
        compile_template("one\n{{ 1 // (seq - 3) }}").render(3)
    assert told.value.line == 2
    with pytest.raises(TemplateError, match="the first number is the larger"):
        compile_template("{{ random(6, seq) }}").render(1)
