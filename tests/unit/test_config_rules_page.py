"""docs/config-rules.md says what the rules say."""

from workbench.dev.rules_page import PAGE, rules_page
from workbench.producer_config.rules import all_rules


def test_the_page_is_as_it_would_be_written():
    assert PAGE.read_text(encoding="utf-8") == rules_page(), "run python -m workbench.dev rules"


def test_every_rule_has_its_heading_and_its_row():
    page = rules_page()
    for rule in all_rules():
        assert page.count(f"\n### {rule.id}\n") == 1
        assert page.count(f"| [{rule.id}](#{rule.id}) |") == 1
