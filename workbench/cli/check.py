"""`kwb check`: what is to be said of producer configs in files, for people and for CI."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from workbench.cli import complain
from workbench.errors import InputError

if TYPE_CHECKING:
    from workbench.producer_config.catalogue import Client
    from workbench.producer_config.config_file import ConfigFile
    from workbench.producer_config.rules import Hint

_OTHER = {"java": "librdkafka", "librdkafka": "java"}
_WHOSE = {"java": "Java's", "librdkafka": "librdkafka's"}
_WRAP = 90


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "check",
        help="say what a producer's config file will do",
        description="Check producer configs: .properties, a flat TOML table or JSON object, or a scenario.\n"
        "Each finding is FILE:LINE: error|warning|info: text [rule]. Errors exit 1.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "files", metavar="FILE", nargs="*", help="a config, or a scenario (TOML); - for standard input"
    )
    parser.add_argument(
        "--client", choices=("java", "librdkafka"), help="for whom it is; else what its names suggest"
    )
    parser.add_argument("--strict", action="store_true", help="warnings exit 1 too")
    parser.add_argument("--json", action="store_true", help="the findings as JSON, one object a file")
    parser.add_argument("--explain", metavar="RULE", help="what a rule means, and where that is said")
    parser.set_defaults(func=run)


def run(parsed: argparse.Namespace) -> int:
    """Files that cannot be read are told on stderr, the others are checked all the same."""
    from workbench.producer_config.config_file import read_config

    if parsed.explain:
        print(explained(parsed.explain))
    if not parsed.files and not parsed.explain:
        raise InputError("no file to check; give one, or --explain RULE")
    worst, read_as = 0, []
    for path in parsed.files:
        try:
            file = read_config(path)
        except InputError as error:
            complain(str(error))
            worst = error.exit_status
            continue
        client: Client = parsed.client or file.client
        findings = findings_in(file, client)
        print_findings(file, client, findings, as_json=parsed.json)
        read_as.append((file.name, client))
        worst = max(worst, _exit_status(findings, strict=parsed.strict))
    if not parsed.client and read_as:
        print(_whose(read_as), file=sys.stderr)
    return worst


def findings_in(file: "ConfigFile", client: "Client") -> "list[tuple[int, Hint]]":
    """With their lines, in the order of these."""
    from workbench.producer_config.rules import lint, of_the_file, rule_named

    scenario = file.format == "scenario" and client == "librdkafka"
    found = [(note.line, hint) for note in file.notes if (hint := of_the_file(note.rule, client))]
    hints = lint(
        file.config,
        client,
        scenario=scenario,
        topic=file.topic,
        cluster=file.cluster,
        repeated=file.repeated,
    )
    for hint in hints:
        rule = rule_named(hint.rule)
        about = (hint.name, *(rule.words.properties if rule else ()))
        line = next((file.lines[name] for name in about if name in file.lines), 1)
        found.append((line, hint))
    return sorted(found, key=lambda each: each[0])


def print_findings(
    file: "ConfigFile", client: "Client", findings: "list[tuple[int, Hint]]", *, as_json: bool
) -> None:
    if as_json:
        print(json.dumps(_as_json(file, client, findings), ensure_ascii=False), flush=True)
        return
    for line, hint in findings:
        print(f"{file.name}:{line}: {hint.severity}: {hint.text} [{hint.rule}]", flush=True)


def _as_json(file: "ConfigFile", client: "Client", findings: "list[tuple[int, Hint]]") -> dict[str, Any]:
    return {
        "file": file.name,
        "format": file.format,
        "client": client,
        "errors": sum(hint.severity == "error" for _, hint in findings),
        "warnings": sum(hint.severity == "warning" for _, hint in findings),
        "findings": [
            {
                "line": line,
                "severity": hint.severity,
                "rule": hint.rule,
                "property": hint.property,
                "text": hint.text,
                "source": hint.source,
                "fix": _fix(hint),
            }
            for line, hint in findings
        ],
    }


def _fix(hint: "Hint") -> dict[str, str | None] | None:
    from workbench.producer_config import mask_secrets

    if hint.fix is None:
        return None
    name, text = hint.fix.property, hint.fix.text
    shown = None if text is None else mask_secrets({name: text})[name]
    return {"property": name, "value": shown, "replaces": hint.fix.replaces or None}


def _exit_status(findings: "list[tuple[int, Hint]]", *, strict: bool) -> int:
    wrong = {"error", "warning"} if strict else {"error"}
    return int(any(hint.severity in wrong for _, hint in findings))


def _whose(read_as: "list[tuple[str, Client]]") -> str:
    clients = sorted({client for _, client in read_as})
    if len(clients) > 1:
        said = ", ".join(f"{name} as {_WHOSE[client]}" for name, client in read_as)
        return f"kwb check: read {said}; --client says otherwise"
    files = read_as[0][0] if len(read_as) == 1 else f"all {len(read_as)} files"
    return f"kwb check: read {files} as {_WHOSE[clients[0]]}; --client {_OTHER[clients[0]]} for the other"


def explained(id_: str) -> str:
    """Raises InputError for a rule that there is not."""
    import difflib
    import textwrap

    from workbench.producer_config.rules import all_rules, rule_named

    rule = rule_named(id_)
    if rule is None:
        near = difflib.get_close_matches(id_, [each.id for each in all_rules()], n=1)
        about = [each.id for each in all_rules() if id_ in each.words.properties]
        mend = f"did you mean {near[0]}?" if near else "they stand in docs/config-rules.md"
        mend = f"about {id_} there are {', '.join(about)}" if about else mend
        raise InputError(f"--explain {id_}: no such rule; {mend}")
    words = rule.words
    lines = [
        f"{words.id}   {words.severities}",
        f"about: {', '.join(words.properties)}",
        "",
        *(line for said in words.in_general for line in textwrap.wrap(said, _WRAP, initial_indent="> ")),
        "",
        *textwrap.wrap(words.why, _WRAP),
    ]
    lines += ["", f"fix: {words.fix}"] if words.fix else []
    lines += ["", *(f"source: {source}" for source in words.sources)]
    return "\n".join(lines)
