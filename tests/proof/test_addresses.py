"""Of where a post came from as much is kept as the organisation's policy says, and no more."""

import pytest

from optins.consent.evidence import address_to_keep
from optins.models import ConsentRequest, Evidence, Organisation
from tests.proof.people import contact_of

V4, V6 = "203.0.113.77", "2001:db8:1:2::5"


@pytest.mark.once
@pytest.mark.parametrize(
    ("policy", "address", "kept"),
    [
        *(("none", address, "") for address in (V4, V6, f"::ffff:{V4}", "fe80::1%eth0", "", None)),
        ("truncated", V4, "203.0.113.0/24"),
        ("truncated", f"::ffff:{V4}", "203.0.113.0/24"),
        ("truncated", V6, "2001:db8:1::/48"),
        ("truncated", "fe80::1%eth0", "fe80::/48"),
        ("truncated", None, ""),
        ("full", V4, V4),
        ("full", f"::ffff:{V4}", V4),
        ("full", V6, V6),
        ("full", "fe80::1%eth0", "fe80::1"),
        ("full", "", ""),
    ],
)
def test_an_address_is_kept_whole_without_its_last_part_or_not_at_all(policy, address, kept):
    assert address_to_keep(Organisation(ip_policy=policy), address) == kept


@pytest.mark.parametrize(
    ("policy", "kept"), [("none", []), ("truncated", ["203.0.113.0/24"]), ("full", [V4])]
)
def test_the_page_and_the_evidence_of_its_message_have_what_the_policy_keeps(clinic, policy, kept):
    Organisation.objects.update(ip_policy=policy)
    clinic.client.defaults["REMOTE_ADDR"] = f"::ffff:{V4}"
    clinic.write(clinic.choose("health-tips"))
    assert (
        list(ConsentRequest.objects.exclude(client_address="").values_list("client_address", flat=True))
        == kept
    )
    rows = Evidence.objects.filter(event__contact=contact_of(), part="address")
    assert [row.says("address") for row in rows] == kept
