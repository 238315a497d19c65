"""Evidence packs: all that proves one person's choices, in one zip that anybody can check offline."""

from optins.consent.evidence_pack.archive import Asked as Asked
from optins.consent.evidence_pack.archive import pack as pack
from optins.consent.evidence_pack.archive import packs as packs
from optins.consent.evidence_pack.archive import streamed as streamed
from optins.consent.evidence_pack.people import contacts_by as contacts_by
from optins.consent.evidence_pack.people import contacts_by_campaign as contacts_by_campaign
