"""The peer in Java: kafka-producer-perf-test, from Apache Kafka's own jars.

`python -m benchmarks.perf_test BOOTSTRAP` prints records per second, as the tool says them.
"""

import re
import subprocess
import sys

from benchmarks.constants import CONFIG, LOAD_RECORDS, TOPIC, VALUE
from workbench.clusters.apache.jars import classpath, need_jars

_TIMEOUT_S = 120
_CLASS = "org.apache.kafka.tools.ProducerPerformance"


def main() -> None:
    props = [f"bootstrap.servers={sys.argv[1]}", *(f"{name}={value}" for name, value in CONFIG.items())]
    command = ["java", "-Xmx512m", "-cp", classpath(need_jars()), _CLASS, "--topic", TOPIC]
    command += ["--num-records", str(LOAD_RECORDS), "--record-size", str(len(VALUE)), "--throughput", "-1"]
    done = subprocess.run(
        [*command, "--producer-props", *props],
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    totals = re.findall(rf"{LOAD_RECORDS} records sent, ([\d.]+) records/sec", done.stdout)
    if not totals:
        sys.exit(f"the tool gave no figure: {done.stdout[-500:]} {done.stderr[-500:]}")
    print(totals[-1])


if __name__ == "__main__":
    main()
