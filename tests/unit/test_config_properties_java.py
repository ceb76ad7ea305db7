"""Our reading of .properties against java.util.Properties itself, on texts made to be difficult."""

import json
import shutil
import subprocess
from random import Random

import pytest

from workbench.producer_config.properties_file import MalformedEscapeError, parse

pytestmark = [pytest.mark.java_tools, pytest.mark.timeout(180)]

PROGRAM = r"""
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;

public class Loaded {
    static String hex(String text) {
        StringBuilder out = new StringBuilder();
        for (char letter : text.toCharArray()) out.append(String.format("%04x", (int) letter));
        return out.toString();
    }

    public static void main(String[] arguments) throws IOException {
        Scanner lines = new Scanner(System.in);
        while (lines.hasNextLine()) {
            byte[] bytes = Base64.getDecoder().decode(lines.nextLine());
            String text = new String(bytes, StandardCharsets.UTF_8);
            List<String> said = new ArrayList<>();
            Properties properties = new Properties() {
                @Override public synchronized Object put(Object name, Object value) {
                    said.add(hex((String) name) + "=" + hex((String) value));
                    return super.put(name, value);
                }
            };
            try {
                properties.load(new StringReader(text));
                System.out.println(String.join(" ", said));
            } catch (IllegalArgumentException malformed) {
                System.out.println("malformed");
            }
        }
    }
}
"""
BY_HAND = [
    "",
    "acks=all",
    "acks = all\r\nlinger.ms : 5\rbatch.size 7\n",
    "# one\n! two\n  # three\nacks=all",
    "acks=a\\\n  ll\n",
    "acks=a\\\n# no comment\n",
    "acks=a\\\n\nlinger.ms=5",
    "acks=a\\",
    "acks=a\\\\\nlinger.ms=5",
    "\\\n",
    "\\",
    "\\\n# comment\nacks=all",
    "\\\n\n\nacks=1",
    "  \\\n  acks=1",
    "a\\=b=c\\:d\na\\ b c",
    "acks\n=\n:\n  =  x",
    "a = = b\na : : b\na   :=b",
    "tea=\\u00e9\\u20AC\\ud83c\\udf75",
    "tea=\\u00\n",
    "tea=\\uzzzz",
    "t\\u003d=5",
    "tea=\\t\\n\\r\\f\\q\\\\",
    "\ufeffacks=all",
    "tea=\u00e9\u20ac\U0001f375",
    "acks=all   \t",
    "\facks\f=\fall",
    "a\\\r\n  b=c\\\r  d",
    "a#b!c=d#e",
    "a\u00a0b=c",
    "a\u0085b=c\u2028d",
    "=value\n:value",
]


def random_texts():
    draw = Random(7)
    pieces = [
        "acks",
        "=",
        ":",
        " ",
        "\t",
        "\f",
        "\n",
        "\r",
        "\r\n",
        "\\",
        "\\\\",
        "#",
        "!",
        "\\u00e9",
        "\\u",
        "5",
        "\u00e9",
        "\\\n",
        "a",
    ]
    for _ in range(3000):
        yield "".join(draw.choice(pieces) for _ in range(draw.randint(1, 14)))


def ours(text):
    try:
        return [(entry.name, entry.text) for entry in parse(text)]
    except MalformedEscapeError:
        return "malformed"


def unhex(text):
    return bytes.fromhex(text).decode("utf-16-be", "surrogatepass")


def test_properties_are_read_as_java_reads_them(tmp_path):
    if shutil.which("java") is None:
        pytest.skip("needs Java 17")
    import base64

    texts = [*BY_HAND, *random_texts()]
    source = tmp_path / "Loaded.java"
    source.write_text(PROGRAM)
    done = subprocess.run(
        ["java", str(source)],
        input="".join(base64.b64encode(text.encode()).decode() + "\n" for text in texts),
        capture_output=True, text=True, timeout=150, check=True,
    )  # fmt: skip
    answers = done.stdout.split("\n")[: len(texts)]
    wrong = []
    for text, answer in zip(texts, answers, strict=True):
        pairs = (
            [tuple(map(unhex, pair.split("="))) for pair in answer.split()]
            if answer != "malformed"
            else answer
        )
        if ours(text) != pairs:
            wrong.append((json.dumps(text), ours(text), pairs))
    assert wrong[:5] == []
