"""The serializers on Apache Kafka, and the primitive ones against Java's own, byte by byte."""

import subprocess

import pytest
from formats import check_every_format
from small_registry import SmallRegistry

from workbench.serde import serializer

pytestmark = [pytest.mark.apache, pytest.mark.timeout(180)]

JAVA = """
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.kafka.common.serialization.*;

public class Primitives {
    static Object parsed(String name, String text) {
        switch (name) {
            case "short": return Short.valueOf(text);
            case "integer": return Integer.valueOf(text);
            case "long": return Long.valueOf(text);
            case "float": return Float.valueOf(text);
            case "double": return Double.valueOf(text);
            case "boolean": return Boolean.valueOf(text);
            case "uuid": return UUID.fromString(text);
            case "bytes": return text.getBytes(StandardCharsets.UTF_8);
            case "void": return null;
            default: return text;
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    public static void main(String[] arguments) throws Exception {
        Map<String, Serde> serdes = new HashMap<>();
        serdes.put("short", Serdes.Short()); serdes.put("integer", Serdes.Integer());
        serdes.put("long", Serdes.Long()); serdes.put("float", Serdes.Float());
        serdes.put("double", Serdes.Double()); serdes.put("boolean", new Serdes.BooleanSerde());
        serdes.put("uuid", Serdes.UUID()); serdes.put("bytes", Serdes.ByteArray());
        serdes.put("void", Serdes.Void()); serdes.put("string", Serdes.String());
        Scanner in = new Scanner(System.in, "UTF-8");
        HexFormat hex = HexFormat.of();
        while (in.hasNextLine()) {
            String[] parts = in.nextLine().split("\\t", -1);
            Serde serde = serdes.get(parts[0]);
            byte[] theirs = serde.serializer().serialize("t", parsed(parts[0], parts[1]));
            byte[] ours = parts[2].equals("null") ? null : hex.parseHex(parts[2]);
            Object read = serde.deserializer().deserialize("t", ours);
            boolean same = Objects.deepEquals(read, parsed(parts[0], parts[1]));
            System.out.println((theirs == null ? "null" : hex.formatHex(theirs)) + " " + same);
        }
    }
}
"""
TEXTS = {
    "string": ["", "tea", "Grüße ✓ 茶 𝄞"],
    "bytes": ["", "tea ✓"],
    "short": ["0", "-1", "32767", "-32768"],
    "integer": ["0", "42", "2147483647", "-2147483648"],
    "long": ["0", "-1", "9223372036854775807", "-9223372036854775808"],
    "float": ["0", "-0.0", "1.1", "3.4028235e38", "1e-45", "NaN", "Infinity", "-Infinity", "16777217"],
    "double": ["0", "-0.0", "1.1", "1.7976931348623157e308", "4.9e-324", "NaN", "-Infinity"],
    "boolean": ["true", "false"],
    "uuid": ["123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-42661417400A"],
    "void": [""],
}


def test_primitive_bytes_are_java_s_and_java_reads_ours(kafka_libs, tmp_path):
    lines, ours = [], []
    for name, texts in TEXTS.items():
        for text in texts:
            made = serializer(name)(text)
            ours.append("null" if made is None else made.hex())
            lines.append(f"{name}\t{text}\t{ours[-1]}")
    source = tmp_path / "Primitives.java"
    source.write_text(JAVA, encoding="utf-8")
    done = subprocess.run(
        ["java", "-Dfile.encoding=UTF-8", "-cp", str(kafka_libs / "*"), str(source)],
        input="\n".join(lines) + "\n", capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = [line.split(" ") for line in done.stdout.splitlines()]
    assert [(line, theirs) for line, (theirs, _) in zip(lines, told, strict=True)] == list(
        zip(lines, ours, strict=True)
    )
    assert [same for _, same in told] == ["true"] * len(lines)


def test_every_format_is_read_back_by_its_own_library(apache_bootstrap, tmp_path, capsys):
    registry = SmallRegistry()
    try:
        check_every_format(apache_bootstrap, registry.url, tmp_path, capsys)
    finally:
        registry.close()
