"""The digits that people and programs write for one number: with its country, and as at home."""

import re
from dataclasses import dataclass
from itertools import takewhile

import phonenumbers

_FORMAT = phonenumbers.PhoneNumberFormat.NATIONAL
_ENDING = 8
_FEWEST = 8  # digits: fewer, without a country, are nobody's number in particular
_FEWEST_BARE = 9  # the same where the zero is missing that belongs before them


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """Runs of digits, whatever stands between them; ``code`` is the country's."""

    code: str
    abroad: tuple[str, ...]
    at_home: tuple[str, ...] = ()

    @property
    def ending(self) -> str:
        """The last digits that all of them share: enough to know where to look closer."""
        backwards = zip(*(run[::-1] for run in (*self.abroad, *self.at_home)), strict=False)
        shared = takewhile(lambda chars: len(set(chars)) == 1, backwards)
        return "".join(char for char, *_others in shared)[:_ENDING][::-1]


def of(e164: str) -> WrittenNumber:
    """What may stand for a number in international form; of an id of digits itself alone."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return WrittenNumber("", (e164[1:],))
    code, own = str(number.country_code), phonenumbers.national_significant_number(number)
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    trunk = phonenumbers.ndd_prefix_for_region(region, True) or ""
    as_usual = re.sub("[^0-9]", "", phonenumbers.format_number(number, _FORMAT))
    at_home = {run for run in (trunk + own, as_usual) if len(run) >= _FEWEST}
    if len(own) >= _FEWEST_BARE:
        at_home.add(own)  # a spreadsheet drops the zero
    abroad = {code + own, code + trunk + own}
    return WrittenNumber(code, tuple(sorted(abroad)), tuple(sorted(at_home - abroad)))
