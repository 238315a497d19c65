"""Where the law allows one approach only, nobody who said no is asked again, unless they ask to be."""

from optins.consent import asking
from optins.consent.signal import phone
from optins.models import ConsentRequest
from tests.clinic import THANDI
from tests.signals import REMINDERS, TIPS

NUMBER = f"+{THANDI}"


def ask(clinic, *purposes):
    body = {"phone": NUMBER, "channel": clinic.web.slug, "purposes": list(purposes), "action": "request"}
    return clinic.api("consents", body, **{"Idempotency-Key": "-".join(purposes) + str(clinic.now())})


def test_after_a_no_the_organisation_asks_no_more_and_the_person_may_ask_to_be_asked(clinic):
    assert ask(clinic, TIPS, REMINDERS).status_code == 201
    clinic.write(clinic.choose(TIPS, REMINDERS))
    clinic.write("STOP")
    answer = ask(clinic, TIPS)
    assert (answer.status_code, "asks only once" in answer.content.decode()) == (400, True)
    # The law binds marketing alone.
    assert ask(clinic, REMINDERS, TIPS).status_code == 201
    assert [p.key for p in ConsentRequest.objects.latest("pk").purposes.all()] == [REMINDERS]
    clinic.write("START")
    clinic.tap_button("Yes")
    assert clinic.gate(TIPS)["decision"] == "allow"
    assert ask(clinic, TIPS).status_code == 201


def test_where_no_law_says_so_an_organisation_may_ask_again(clinic):
    clinic.write(clinic.choose(TIPS), person="81312345678")
    clinic.write("STOP", person="81312345678")
    tips = [clinic.purposes[TIPS]]
    assert asking.may_ask(clinic.organisation, tips, phone("+81312345678")) == []
    clinic.organisation.country = "JP"
    assert asking.may_ask(clinic.organisation, tips, phone("+81312345678")) == tips


def test_a_grant_by_others_comes_with_a_code_where_a_pack_asks_for_the_persons_own_message(clinic):
    tips = clinic.purposes[TIPS]
    tips.requires_confirmation = False
    assert not asking.needs_proof(clinic.organisation, tips, phone("+27820000101"))
    assert asking.needs_proof(clinic.organisation, tips, phone("+4915112345678"))
