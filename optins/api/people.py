"""Whom a request is about: ``phone`` or ``bsuid``."""

from rest_framework import serializers

from optins.consent import numbers
from optins.models import Organisation


def read_number(phone: str, organisation: Organisation) -> str:
    """E.164 of a number, national numbers read as of the organisation's country. Raises NumberError."""
    return numbers.read(phone, organisation.country)


class PersonSerializer(serializers.Serializer):
    """``phone`` (``+27820000101``, or national) or ``bsuid`` (``ZA.1349…``): one of them."""

    phone = serializers.CharField(required=False, max_length=40)
    bsuid = serializers.RegexField(numbers.BSUID.pattern, required=False, max_length=150)

    def validate_bsuid(self, value: str) -> str:
        if not numbers.BSUID.fullmatch(value):
            raise serializers.ValidationError("A BSUID looks like ZA.13491208655300000001.")
        return value

    def validate_phone(self, value: str) -> str:
        try:
            return read_number(value, self.context["organisation"])
        except numbers.NumberError as error:
            raise serializers.ValidationError(f"{error} Write it with + and the country's code.") from error
