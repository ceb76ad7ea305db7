"""Bytes as they are: text in UTF-8, or the notations `hex:0a ff` and `base64:Cv8=`."""

import base64
import binascii

from workbench.serde import string_serializer
from workbench.serde.errors import SerdeError


def serialize(text: str) -> bytes:
    """Space inside a notation is ignored. Raises SerdeError where what follows it is not that notation."""
    notation, colon, digits = text.partition(":")
    if colon and notation == "hex":
        return _from_hex("".join(digits.split()))
    if colon and notation == "base64":
        return _from_base64("".join(digits.split()))
    return string_serializer.serialize(text)


def _from_hex(digits: str) -> bytes:
    for at, digit in enumerate(digits):
        if digit not in "0123456789abcdefABCDEF":
            raise SerdeError(f"hex: “{digit}” is no hex digit (digit {at + 1})")
    if len(digits) % 2:
        raise SerdeError(f"hex: {len(digits)} digits, and a byte takes two")
    return bytes.fromhex(digits)


def _from_base64(digits: str) -> bytes:
    try:
        return base64.b64decode(digits.encode("ascii"), validate=True)
    except UnicodeEncodeError as error:
        raise SerdeError(f"base64: “{digits[error.start]}” is not in its alphabet") from None
    except binascii.Error as error:
        raise SerdeError(f"base64: {str(error)[0].lower()}{str(error)[1:]}") from None
