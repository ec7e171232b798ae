"""Telephone numbers: as people write them, made the one way in which two of them can be compared.

The library knows every country's numbering plan; it is imported when the first number is read.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber


@lru_cache(maxsize=65_536)
def e164(written: str, country: str = "") -> str | None:
    """Return "+441134960123" for "+44 (0)113 496 0123"; None for what is no number.

    country: whose number it is when it is written without its country, as two letters.
    """
    from phonenumbers import PhoneNumberFormat, format_number  # noqa: PLC0415 - see above

    number = _parsed(written, country)
    return format_number(number, PhoneNumberFormat.E164) if number else None


@lru_cache(maxsize=65_536)
def takes_texts(number: str) -> bool:
    """Whether a number, as e164() gives it, can take a text message as far as its numbering plan says."""
    from phonenumbers import PhoneNumberType, number_type  # noqa: PLC0415 - see above

    parsed = _parsed(number, "")
    return parsed is not None and number_type(parsed) != PhoneNumberType.FIXED_LINE


def _parsed(written: str, country: str) -> "PhoneNumber | None":
    from phonenumbers import NumberParseException, is_possible_number, parse  # noqa: PLC0415 - see above

    try:
        number = parse(written, country or None)
    except NumberParseException:
        return None
    return number if is_possible_number(number) else None
