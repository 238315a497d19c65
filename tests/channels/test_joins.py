"""A source that opens WhatsApp at once: its code is a wish, and the answer to the wording is consent."""

import re

import pytest

from channels_capture import placements
from channels_capture.joins import JOIN
from optins.models import CaptureChannel, ConsentEvent, ConsentRequest, Contact, Placement, PlacementDay
from tests.channels import pictures
from tests.channels.writing import sms
from tests.clinic import SIPHO, THANDI


@pytest.fixture
def stop(clinic):
    """A poster of the channel of printed codes, about one purpose alone."""
    channel = CaptureChannel.objects.get(organisation=clinic.organisation, kind="qr_code")
    channel.purposes.set([clinic.purposes["health-tips"]])
    return placements.add(channel, label="Bus stop", opens="whatsapp")


def test_the_code_brings_the_wording_and_only_the_answer_to_it_is_consent(clinic, stop):
    clinic.write(placements.words(stop))
    assert clinic.events() == []
    assert not Contact.objects.exists()
    (question,) = clinic.replies()
    assert question.text.startswith(question.request.translation.body)
    assert [purpose.key for purpose in question.request.purposes.all()] == ["health-tips"]
    wish = question.request.parent
    assert (wish.placement, wish.channel, wish.shown) == (stop, stop.channel, JOIN)
    clinic.tap_button("Yes")
    assert clinic.events() == [("given", "health-tips", True)]
    event = ConsentEvent.objects.get()
    assert (event.placement, event.channel) == (stop, clinic.thread)
    assert clinic.gate("health-tips")["decision"] == "allow"


def test_it_is_read_however_it_is_typed_and_by_sms_and_nothing_like_it_is(clinic, stop):
    for number, text in enumerate(("join {}!", "JOIN  {}", "{}", "Hi Clinic {}")):
        person = f"2782000030{number}"
        clinic.write(text.format(stop.code.lower()), person=person)
        assert clinic.replies(person)[-1].request.placement == stop, text
    (said,) = sms(clinic, f"JOIN {stop.code}", person=SIPHO)
    assert "health tips" in said.lower()
    wrong = stop.code[:-1] + ("2" if stop.code[-1] != "2" else "3")
    for text in (f"see you at {stop.code} tomorrow", f"stop {stop.code}", wrong):
        clinic.write(text, person="27820000401")
    assert not [r for r in clinic.replies("27820000401") if r.request and r.request.placement]
    # A code that nobody has, beside the word, is the word alone.
    clinic.write(f"JOIN {wrong}")
    assert clinic.replies(THANDI)[-1].request.placement is None
    CaptureChannel.objects.filter(pk=stop.channel.pk).update(is_active=False)
    clinic.write(stop.code, person="27820000402")
    assert clinic.replies("27820000402") == []


def test_after_a_stop_the_code_asks_again_and_what_is_allowed_already_is_said(clinic, stop):
    clinic.write(placements.words(stop))
    clinic.tap_button("Yes")
    clinic.write(stop.code)
    assert "already" in clinic.replies()[-1].text
    clinic.write("STOP")
    clinic.write(stop.code)
    assert clinic.gate("health-tips")["reason"] == "withdrawn"
    clinic.tap_button("Yes")
    assert clinic.gate("health-tips")["decision"] == "allow"


@pytest.mark.once
def test_its_qr_code_opens_whatsapp_itself_and_its_short_address_counts_and_leads_there(
    clinic, stop, manager
):
    picture = manager.get(f"/admin/optins/placement/{stop.pk}/code.svg").content.decode()
    link = f"https://wa.me/27820000900?text=JOIN%20{stop.code}"
    assert pictures.read(pictures.from_svg(picture)).text == link
    answer = clinic.client.get(f"/q/{stop.code.lower()}")
    assert (answer.status_code, answer.headers["Location"]) == (302, link)
    assert PlacementDay.objects.get(placement=stop).openings == 1
    assert not ConsentRequest.objects.exists()
    page = manager.get(f"/admin/optins/placement/{stop.pk}/change/").content.decode()
    assert f"JOIN {stop.code}" in page


@pytest.mark.once
def test_each_printed_page_says_what_to_send_without_a_camera_in_its_language(clinic, stop, poster, manager):
    for source in (stop, poster):
        said = rf"No camera\? Send “\W*JOIN {source.code}\W*” to \W*\+27 82 000 0900\W* on WhatsApp\."
        assert re.search(said, printed(manager, source))
        assert f"JOIN {source.code}" in printed(manager, source, "?lang=ar")
    CaptureChannel.objects.filter(kind="whatsapp_thread").update(is_active=False)
    assert "JOIN" not in printed(manager, poster)


def printed(client, source, query=""):
    """The page to print, its spaces as people type them."""
    page = client.get(f"/admin/optins/placement/{source.pk}/print/{query}").content.decode()
    return page.replace("\xa0", " ")


@pytest.mark.once
def test_a_kind_without_a_page_opens_whatsapp_and_a_channel_without_a_number_cannot(clinic, manager):
    values = {
        "channel": clinic.thread.pk,
        "label": "Door",
        "opens": "page",
        "place": "",
        "campaign": "",
        "external_id": "",
    }
    manager.post("/admin/optins/placement/add/", values)
    assert placements.opens_whatsapp(Placement.objects.get(label="Door"))
    CaptureChannel.objects.filter(pk=clinic.tap.pk).update(sender=None)
    values |= {"channel": clinic.tap.pk, "label": "Gate", "opens": "whatsapp"}
    assert "no WhatsApp number" in manager.post("/admin/optins/placement/add/", values).content.decode()
    assert not Placement.objects.filter(label="Gate").exists()
