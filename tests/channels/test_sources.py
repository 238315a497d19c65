"""Channels and their sources in the admin: addresses, codes, counts, and a page to print."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from channels_capture import placement_codes as codes
from channels_capture import placements
from optins.models import CaptureChannel, NoticeVersion, Placement, PlacementDay
from tests.channels.pictures import from_png, from_svg, read
from tests.people.conftest import text_of

pytestmark = pytest.mark.once

LIST = reverse("admin:optins_placement_changelist")


def page_of(row):
    return reverse(f"admin:optins_{row._meta.model_name}_change", args=[row.pk])


def file_of(placement, sort):
    return reverse("admin:optins_placement_code", args=[placement.pk, sort])


def new_source(channel, **values):
    return {"channel": channel.pk, "label": "Ward 3", "place": "", "campaign": "", "external_id": ""} | values


# A channel


def test_a_channels_page_has_its_address_and_its_codes(manager, clinic, poster, settings):
    settings.PUBLIC_URL = "https://o.example.org"
    page = manager.get(page_of(clinic.tap)).content.decode()
    assert '<code id="page-address" dir="ltr"' in page
    assert "https://o.example.org/c/riverside-tap/" in page
    assert f"o.example.org/q/{poster.code}" in page
    (code,) = re.findall(r"<svg viewBox.*?</svg>", page, re.DOTALL)
    assert read(from_svg(code)).text == f"HTTPS://O.EXAMPLE.ORG/Q/{poster.code}"


def test_a_channel_without_a_page_has_its_webhooks_address_instead(staff, clinic):
    page = staff("owner").get(page_of(clinic.thread)).content.decode()
    assert f"http://testserver/hooks/{clinic.thread.public_id}/" in page
    assert "Add a source" not in page


def test_a_channel_without_sources_says_what_they_are_for(manager, clinic):
    assert "No source yet." in text_of(manager.get(page_of(clinic.tap)))


def test_a_new_channel_with_a_page_has_a_code_from_the_start(manager, clinic):
    fields = {"organisation": clinic.organisation.pk, "slug": "desk", "name": "Desk", "kind": "website"}
    fields |= {
        "provider": "",
        "notice": clinic.web.notice_id,
        "purposes": [p.pk for p in clinic.purposes.values()],
    }
    fields |= {"sender": clinic.sender.pk, "join_words": "", "ask_number": "never", "replies": "all"}
    answer = manager.post(reverse("admin:optins_capturechannel_add"), fields | {"is_active": "on"})
    assert answer.status_code == 302, answer.context["errors"]
    (source,) = CaptureChannel.objects.get(slug="desk").placements.all()
    assert source.label == "General"
    assert clinic.client.get(f"/q/{source.code}").status_code == 200


# A source


def test_a_new_source_gets_a_code_of_our_own_making(manager, clinic):
    answer = manager.post(reverse("admin:optins_placement_add"), new_source(clinic.tap, code="MINE22"))
    source = Placement.objects.get(label="Ward 3")
    assert answer["Location"] == page_of(source)
    assert source.code != "MINE22"
    assert codes.is_whole(source.code)


def test_a_code_never_changes_and_can_be_moved_to_another_channel(manager, clinic, poster):
    code = poster.code
    manager.post(page_of(poster), new_source(clinic.web, label="Moved", code="MINE22"))
    poster.refresh_from_db()
    assert (poster.code, poster.label, poster.channel) == (code, "Moved", clinic.web)


def test_the_files_hold_the_printed_address(manager, poster):
    address = placements.address(poster)
    svg, png = (manager.get(file_of(poster, sort)) for sort in ("svg", "png"))
    assert (svg["Content-Type"], png["Content-Type"]) == ("image/svg+xml", "image/png")
    assert f'filename="riverside-tap-{poster.code}.png"' in png["Content-Disposition"]
    assert read(from_svg(svg.content.decode())).text == read(from_png(png.content)).text == address


def test_what_is_no_sort_of_file_is_not_there(manager, poster):
    assert manager.get(file_of(poster, "exe")).status_code == 404


def test_openings_requests_and_people_are_counted_for_the_source(manager, clinic, poster, choose_at):
    day = timezone.now().date()
    PlacementDay.objects.create(placement=poster, day=day - timedelta(days=3), openings=11)
    PlacementDay.objects.create(placement=poster, day=day - timedelta(days=40), openings=500)
    clinic.write(choose_at(f"/q/{poster.code}"))
    choose_at(f"/c/riverside-tap/?p={poster.code}")
    page = manager.get(page_of(poster))
    chart = page.context["chart"]
    assert (chart.total, chart.highest, len(chart.bars)) == (12, 11, 30)
    placement = page.context["placement"]
    assert (placement.opened, placement.asked, placement.said_yes) == (12, 2, 1)
    assert '<td class="figure">11</td>' in page.content.decode()


def test_the_list_takes_the_same_number_of_queries_for_one_source_and_for_many(manager, clinic, poster):
    with CaptureQueriesContext(connection) as one:
        manager.get(LIST)
    for number in range(9):
        placements.add(clinic.tap, label=f"Poster {number}", campaign="Winter")
    with CaptureQueriesContext(connection) as many:
        assert "10 sources" in text_of(manager.get(LIST))
    assert len(one) == len(many)
    with CaptureQueriesContext(connection) as channel:
        manager.get(page_of(clinic.tap))
    placements.add(clinic.tap, label="One more")
    with CaptureQueriesContext(connection) as again:
        manager.get(page_of(clinic.tap))
    assert len(channel) == len(again)


# Who may


@pytest.mark.parametrize("role", ["viewer", "auditor", "reviewer"])
def test_who_only_reads_gets_the_code_and_adds_none(staff, clinic, poster, role):
    client = staff(role)
    assert client.get(file_of(poster, "svg")).status_code == 200
    assert "Add a source" not in text_of(client.get(page_of(clinic.tap)))
    assert client.post(reverse("admin:optins_placement_add"), new_source(clinic.tap)).status_code == 403
    assert client.post(page_of(poster), new_source(clinic.tap)).status_code == 403


def test_another_organisation_finds_no_source_and_adds_none_here(stranger, clinic, poster):
    assert stranger.get(file_of(poster, "svg")).status_code == 404
    assert stranger.get(reverse("admin:optins_placement_print", args=[poster.pk])).status_code == 404
    assert stranger.get(page_of(poster)).status_code == 302
    assert "Poster in the hall" not in text_of(stranger.get(LIST))
    stranger.post(reverse("admin:optins_placement_add"), new_source(clinic.tap))
    assert Placement.objects.count() == 1


# The page to print


def printed(client, placement, query=""):
    return client.get(reverse("admin:optins_placement_print", args=[placement.pk]) + query)


def test_the_printed_page_says_who_what_that_it_is_whatsapp_and_how_to_stop(manager, clinic, poster):
    text = text_of(printed(manager, poster))
    shown = clinic.tap.notice.published().translations.get(language="en")
    for said in (
        "Riverside Clinic",
        shown.title,
        shown.body,
        shown.stop,
        "Appointment reminders",
        "WhatsApp",
    ):
        assert said in text
    assert f"testserver/q/{poster.code}" in text
    assert "help@riverside.example" in text


def test_the_printed_code_is_the_printed_address(manager, poster):
    (code,) = re.findall(
        r"<svg viewBox=\"0 0 \d+ \d+\"><path fill.*?</svg>", printed(manager, poster).content.decode()
    )
    assert read(from_svg(code)).text == placements.address(poster)


def test_it_is_printed_in_any_published_language_and_direction(manager, poster):
    for row in poster.channel.notice.published().translations.all():
        page = printed(manager, poster, f"?lang={row.language}").content.decode()
        direction = "rtl" if row.language == "ar" else "ltr"
        assert f'lang="{row.language}" dir="{direction}"' in page
        assert f'<bdi dir="ltr">testserver/q/{poster.code}</bdi>' in page


@pytest.mark.parametrize(
    ("query", "size"), [("", "a4"), ("?size=a5", "a5"), ("?size=A5", "a5"), ("?size=x", "a4")]
)
def test_it_is_printed_on_a4_or_a5(manager, poster, query, size):
    page = printed(manager, poster, query).content.decode()
    assert f"print/{size}.css" in page


def test_a_sensitive_purpose_has_its_discreet_title_on_the_wall(manager, clinic, poster):
    tips = clinic.purposes["health-tips"]
    tips.sensitive, tips.discreet_titles = True, {"en": "news"}
    tips.save()
    text = text_of(printed(manager, poster))
    assert "News" in text
    assert "Health tips" not in text


def test_without_published_wording_nothing_is_printed(manager, poster):
    NoticeVersion.objects.update(status="retired", retired_at=timezone.now())
    answer = printed(manager, poster)
    assert answer["Location"] == page_of(poster)
    assert "Publish the channel's wording first" in text_of(manager.get(page_of(poster)))


def test_every_page_about_codes_keeps_to_the_strict_policy(manager, clinic, poster):
    for answer in (manager.get(page_of(poster)), manager.get(page_of(clinic.tap)), printed(manager, poster)):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "style=" not in answer.content.decode()
