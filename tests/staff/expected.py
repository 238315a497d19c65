"""Who may open what: every address of the admin has a line here, written apart from optins/roles.py.

Letters: o(wner) m(anager) r(eviewer) g (agent) a(uditor) v(iewer).
"""

from dataclasses import dataclass

LETTERS = {"owner": "o", "manager": "m", "reviewer": "r", "agent": "g", "auditor": "a", "viewer": "v"}
READERS = "omrav"
EVERYBODY = "omrgav"


@dataclass(frozen=True)
class Line:
    """Who gets in at home. ``away`` are told that there is no such row, or led to where they may be.

    Everybody else is refused. With a row of another organisation, whoever would get in is told that there
    is no such row, as if there were none; so are those in ``hidden``.
    """

    get: str = ""
    post: str = ""
    away: str = ""
    away_post: str | None = None
    hidden: str = ""

    def outcome(self, letter, method, *, elsewhere):
        let_in = letter in getattr(self, method)
        away = self.away if method == "get" or self.away_post is None else self.away_post
        if letter in away or (elsewhere and (let_in or letter in self.hidden)):
            return "away"
        return "in" if let_in else "refused"


def screen(model, view, change="", add="", delete=""):
    """The five addresses of a screen."""
    name = f"optins_{model}"
    others = "".join(set(READERS) - set(view))
    return {
        f"{name}_changelist": Line(view, view),
        f"{name}_add": Line(add, add),
        f"{name}_change": Line(view, change),
        f"{name}_delete": Line(delete, delete),
        # Django looks for the row before it asks for permission: nobody learns whether there is one.
        f"{name}_history": Line(view, view, away=others),
    }


LINES = {
    # The way in, and one's own account
    "login": Line(post=EVERYBODY, away=EVERYBODY, away_post=""),
    "logout": Line(post=EVERYBODY),
    "password_change": Line(EVERYBODY, EVERYBODY),
    "password_change_done": Line(EVERYBODY),
    "account": Line(EVERYBODY, EVERYBODY),
    "recovery_codes": Line(away_post=EVERYBODY),  # none without having shown the second factor
    "second_factor": Line(EVERYBODY, EVERYBODY),
    "second_factor_set_up": Line(EVERYBODY, EVERYBODY),
    "jsi18n": Line(EVERYBODY),
    # The whole site
    "index": Line(READERS, READERS, away="g"),
    "app_list": Line(away=READERS),
    "autocomplete": Line(),  # no field completes by itself
    "view_on_site": Line(away=READERS),  # no row has a public page of its own
    # People
    **screen("contact", READERS),
    **screen("consentevent", READERS),
    "optins_consentevent_file": Line(away="ora", away_post=""),  # no act there came with one
    **screen("consentrecord", READERS),
    **screen("consentrequest", READERS),
    **screen("suppression", READERS),
    "optins_contact_look_up": Line(READERS, READERS),
    "optins_contact_change": Line(READERS, hidden=READERS),
    "optins_contact_withdraw": Line("omr", "omr", hidden=READERS),
    "optins_contact_declared": Line("omr", "omr", hidden=READERS),
    "optins_contact_receipt": Line(READERS, hidden=READERS),
    "optins_contact_pack": Line("ora", "ora", hidden=READERS),
    **screen("datasubjectrequest", READERS),
    "optins_datasubjectrequest_change": Line(READERS, hidden=READERS),
    "optins_datasubjectrequest_open": Line("omr", "omr", hidden=READERS),
    "optins_datasubjectrequest_identity": Line(post="omr"),
    "optins_datasubjectrequest_approve": Line(post="or"),
    "optins_datasubjectrequest_refuse": Line(post="or"),
    "optins_datasubjectrequest_done": Line(post="or"),
    **screen("runningout", READERS),
    **screen("optoutregistry", READERS, change="om", add="om"),
    **screen("legalhold", READERS),
    "optins_legalhold_change": Line(READERS, hidden=READERS),
    "optins_legalhold_place": Line("or", "or", hidden=READERS),
    "optins_legalhold_approve": Line(post="or"),
    "optins_legalhold_release": Line(post="or"),
    **screen("importbatch", READERS, add="om"),
    "optins_importbatch_change": Line(READERS, hidden=READERS),
    "optins_importbatch_columns": Line(post="m", hidden="om"),
    "optins_importbatch_submit": Line(post="m", hidden="om"),
    "optins_importbatch_approve": Line(post="or", hidden="or"),
    "optins_importbatch_reject": Line(post="omr", hidden="omr"),
    "optins_importbatch_refused": Line("omra", "omra"),
    "optins_importbatch_export": Line("oa", "oa"),
    # Channels
    **screen("capturechannel", READERS, change="om", add="om"),
    "optins_capturechannel_form": Line(READERS, READERS),
    "optins_capturechannel_packs": Line("oa", "oa", hidden=READERS),
    "optins_capturechannel_preview": Line(READERS, READERS),
    "optins_capturechannel_words": Line(READERS, READERS),
    **screen("placement", READERS, change="om", add="om"),
    "optins_placement_packs": Line("oa", "oa"),
    "optins_placement_code": Line(READERS, READERS),
    "optins_placement_print": Line(READERS, READERS),
    **screen("inbounddelivery", "ora"),
    **screen("inboundmessage", "ora"),
    # Wording
    **screen("notice", READERS, change="om", add="om"),
    **screen("noticeversion", READERS, add="om"),
    "optins_noticeversion_change": Line(READERS, hidden=READERS),
    "optins_noticeversion_edit": Line("om", "om"),
    "optins_noticeversion_check": Line(post="om", hidden="om"),
    "optins_noticeversion_remove": Line(post="om", hidden="om"),
    "optins_noticeversion_submit": Line(post="om", hidden="om"),
    "optins_noticeversion_back": Line(post="or", hidden="omr"),
    "optins_noticeversion_approve": Line(post="or", hidden="or"),
    "optins_noticeversion_retire": Line(post="or", hidden="or"),
    "optins_noticeversion_diff": Line(READERS, READERS),
    "optins_noticeversion_preview": Line(READERS, READERS),
    "optins_noticeversion_file": Line("om", "om"),
    "optins_noticeversion_upload": Line(post="om", hidden="om"),
    # Sending
    **screen("sender", READERS, change="o", add="o"),
    **screen("sendercontact", READERS),
    **screen("outboundmessage", READERS),
    # Review
    **screen("reviewitem", READERS),
    "optins_reviewitem_deliveries": Line(post="or"),
    "optins_reviewitem_push": Line(post="or"),
    "optins_reviewitem_parked": Line(post="or"),
    "optins_reviewitem_decide": Line(post="or"),
    # Settings
    **screen("organisation", READERS, change="o"),
    "optins_organisation_rules": Line(READERS),
    **screen("purpose", READERS, change="o", add="o"),
    **screen("apikey", "oa", change="o", add="o"),
    **screen("device", "oa", change="o"),
    **screen("user", "oa", change="o", add="o"),
    "auth_user_password_change": Line("o", "o"),
    **screen("membership", "oa", change="o", add="o", delete="o"),
    **screen("auditentry", "oa"),
    **screen("seal", "oa"),
}
