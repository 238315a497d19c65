"""``POST /api/v1/consents``: what is refused."""

import pytest

from optins.models import (
    CaptureChannel,
    Contact,
    Organisation,
)
from tests.clinic import BSUID
from tests.consenting import done, refused, states


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phone": None}, "phone"),
        ({"bsuid": BSUID}, "phone"),
        ({"phone": "+12"}, "phone"),
        ({"phone": None, "bsuid": "someone"}, "bsuid"),
        ({"channel": None}, "channel"),
        ({"purposes": None}, "purposes"),
        ({"purposes": []}, "purposes"),
        ({"purposes": "some"}, "purposes"),
        ({"purposes": [7]}, "purposes"),
        ({"action": "consent"}, "action"),
        ({"language": "x" * 13}, "language"),
        ({"notice_version": 0}, "notice_version"),
        ({"notice_version": 2}, "notice_version"),
        ({"notice_version": 1, "language": "xx"}, "notice_version"),
        ({"notice_version": 10**30}, "notice_version"),
        ({"evidence": "paper"}, "evidence"),
    ],
    ids=str,
)
def test_a_field_that_is_wrong_is_named(clinic, change, field):
    refused(clinic, change, field)
    assert clinic.contacts() == 0


def test_wording_that_was_never_published_was_never_shown(clinic):
    version = clinic.web.notice.versions.create(number=2)
    words = clinic.web.notice.versions.get(number=1).translations.get(language="en")
    words.pk, words.version = None, version
    words.save()
    refused(clinic, {"notice_version": 2}, "notice_version")


def test_what_belongs_to_another_organisation_is_refused_in_the_same_words_as_what_does_not_exist(
    clinic, stranger
):
    for field, theirs, nobodys in (
        ("channel", stranger.channel.slug, "no-such-channel"),
        ("purposes", [stranger.purpose.key], ["no-such-purpose"]),
    ):
        said = [refused(clinic, {field: value}, field) for value in (theirs, nobodys)]
        for text, value in zip(said, (theirs, nobodys), strict=True):
            said[said.index(text)] = text.replace(value if isinstance(value, str) else value[0], "…")
        assert said[0] == said[1]
    number = {"notice_version": 1, "channel": stranger.channel.slug}
    assert refused(clinic, number, "channel") == refused(clinic, {"channel": "no-such-channel"}, "channel")


def test_a_channel_that_is_off_or_has_no_number_to_write_to_is_refused(clinic):
    CaptureChannel.objects.filter(slug="riverside-web").update(sender=None)
    refused(clinic, {"action": "request"}, "channel")
    refused(clinic, {"phone": None, "bsuid": BSUID}, "channel")
    assert done(clinic)["request"] is None
    CaptureChannel.objects.filter(slug="riverside-web").update(is_active=False)
    refused(clinic, {}, "channel")


def test_all_purposes_of_a_channel_without_any_are_refused_and_never_read_as_everything(clinic):
    CaptureChannel.objects.get(slug="riverside-web").purposes.clear()
    for action in ("request", "give", "refuse"):
        refused(clinic, {"purposes": "all", "action": action}, "purposes")


def test_an_organisation_without_languages_is_no_reason_to_fall_over(clinic):
    Organisation.objects.update(languages=[])
    refused(clinic, {"notice_version": 1}, "notice_version")


def test_what_one_organisation_records_is_unknown_to_another(clinic, stranger):
    done(clinic, {"action": "withdraw", "purposes": "all"})
    theirs = {"channel": stranger.channel.slug, "purposes": "all", "action": "request"}
    answer = done(clinic, theirs, key=stranger.key)
    assert states(answer) == [(stranger.purpose.key, "none", "unknown_contact")]
    assert Contact.objects.visible_to(clinic.demo.admin).count() == 1
