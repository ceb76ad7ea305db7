"""What frames show of single records and of errors: the newest samples, and each kind of error once."""

from collections import deque

from workbench.model.frame import ErrorCount, Sample

KEPT_SAMPLES = 64
_KEPT_OF_A_KEY = 64


class Noted:
    """Written on the sending thread; `samples` and `errors` are for any thread."""

    def __init__(self) -> None:
        self.sampled = 0
        self._samples: deque[Sample] = deque(maxlen=KEPT_SAMPLES)
        self._errors: dict[tuple[str, str], tuple[int, str]] = {}

    def sample(
        self,
        seq: int,
        sent_at: float,
        reported_at: float,
        partition: int | None,
        offset: int | None,
        *,
        error: str | None = None,
        warm_up: bool = False,
        key: bytes | None = None,
    ) -> None:
        """As `model.frame.Sample`, which keeps the key's first bytes."""
        kept = key and key[:_KEPT_OF_A_KEY]
        self._samples.append(Sample(seq, sent_at, reported_at, partition, offset, error, warm_up, kept))
        self.sampled += 1

    def error(self, code: str, where: str, text: str, times: int = 1) -> None:
        """Count an error; the first one's text stays."""
        count, first_text = self._errors.get((code, where), (0, text))
        self._errors[code, where] = (count + times, first_text)

    def samples(self) -> tuple[Sample, ...]:
        return tuple(self._samples)

    def errors(self) -> tuple[ErrorCount, ...]:
        return tuple(ErrorCount(c, w, n, t) for (c, w), (n, t) in list(self._errors.items()))
