"""Telephone numbers: as people write them, made the one way in which two of them can be compared."""

from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType


@lru_cache(maxsize=65_536)
def e164(written: str, country: str = "") -> str | None:
    """Return "+441134960123" for "+44 (0)113 496 0123"; None for what is no number.

    country: whose number it is when it is written without its country, as two letters.
    """
    number = _parsed(written, country)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else None


@lru_cache(maxsize=65_536)
def takes_texts(number: str) -> bool:
    """Whether a number, as e164() gives it, can take a text message as far as its numbering plan says."""
    parsed = _parsed(number, "")
    return parsed is not None and phonenumbers.number_type(parsed) != PhoneNumberType.FIXED_LINE


def _parsed(written: str, country: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(written, country or None)
    except NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None
