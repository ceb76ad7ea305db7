"""What a consumer reads, without one."""

from dataclasses import dataclass


@dataclass
class Read:
    """A record as it is consumed."""

    its_headers: object
    its_key: bytes | None
    its_value: bytes | None = b"v"

    def headers(self) -> object:
        return self.its_headers

    def key(self) -> bytes | None:
        return self.its_key

    def value(self) -> bytes | None:
        return self.its_value
