"""`kwb run`: what held it up below the report, the plot below that, neither in JSON."""

from pathlib import Path

import pytest

from workbench.cli import main


def test_below_the_report_stand_what_held_it_up_and_the_plot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = tmp_path / "sync.toml"
    text = 'format = 1\n[producer]\nacks = "1"\n"linger.ms" = "0"\n[send]\nmode = "sync"\ncount = 400\nverify = false\n'
    scenario.write_text(text)
    assert main(["run", str(scenario), "--plot"]) == 0
    report, _, plot = capsys.readouterr().out.partition("\n\n  records by latency, log scale\n")
    assert report.split("\n")[-1].startswith("  Your program: it waits for each ack before it sends the next")
    assert "share of records up to each latency" in plot
    assert "100 %┤" in plot


def test_nothing_that_moves_the_cursor_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    red = "\\u001b[31m"
    scenario = tmp_path / "red.toml"
    scenario.write_text(
        f'title = "{red}tea"\n[record]\nvalue = "{{{{ seq }}}}{red}"\nvalue_serializer = "long"\n'
        '[send]\ncount = 2\nverify = false\non_rejected = "go-on"\n'
    )
    assert main(["run", str(scenario)]) == 0
    said = capsys.readouterr()
    assert "·[31mtea: done" in said.out
    assert "·[31m” is not a whole number" in said.err
    assert main(["run", str(scenario), "--set", "send.on_rejected=refuse"]) == 2
    refused = capsys.readouterr().err
    assert main(["check", str(tmp_path / "\x1b[31m.toml")]) == 2
    refused += capsys.readouterr().err
    assert (said.out + said.err + refused).replace("\n", "").isprintable()


def test_json_takes_no_plot(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["run", "any.toml", "--json", "--plot"])
    assert ended.value.code == 2
    assert "not allowed with" in capsys.readouterr().err
