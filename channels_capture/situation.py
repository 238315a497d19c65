"""Reads from the database what the dialogue's rules need to know."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from channels_capture import joins, referrals
from channels_capture.agreed import Agreed
from channels_capture.answers import Answered, Answers, keys, typed_into
from channels_capture.base import Message, What
from channels_capture.hearing import Hearing
from channels_capture.moves import Code, Rest, Situation
from channels_capture.stops import Stops, time_of_stop
from optins.consent import (
    codes,
    desk,
    holds,
    identity,
    keywords,
    renewal,
    requests,
    suppressions,
    texts,
    wording,
)
from optins.consent.keywords import Intent
from optins.consent.locking import Held
from optins.consent.stop_words import Nearness
from optins.models import (
    CaptureChannel,
    ConsentRecord,
    ConsentRequest,
    Placement,
    Purpose,
    Suppression,
)


@dataclass(frozen=True, slots=True)
class Known:
    """The situation, and the rows that it was read from.

    ``who`` is one lasting name of the person: however they are known later, the same act is the same act.
    ``stop_at`` is when a stop would take effect.
    """

    situation: Situation
    language: str
    who: str
    stop_at: datetime
    newest_stop: datetime | None
    code: ConsentRequest | None = None
    question: ConsentRequest | None = None
    typed: ConsentRequest | None = None
    ad: ConsentRequest | None = None
    source: Placement | None = None


class Reader:
    """Looks at one message to one channel; ``sent_at`` is the vendor's time, or that of arrival.

    ``language``: the person's, where it is known better than by the contact. ``held``: whoever sent it, where
    it is processed and not only looked at.
    """

    def __init__(
        self,
        channel: CaptureChannel,
        message: Message,
        sent_at: datetime,
        now: datetime,
        *,
        language: str = "",
        held: Held | None = None,
    ) -> None:
        self.channel, self.message, self.sent_at, self.now = channel, message, sent_at, now
        self.organisation, self.held = channel.organisation, held
        found = held.contacts if held else identity.find(self.organisation, message.identifiers)
        self.found, self.contact = list(found), found[0] if found else None
        own = identity.identifiers_of(self.contact) if self.contact else ()
        self.who = (own or message.identifiers)[0].text
        self.every = held.purposes if held else list(Purpose.objects.filter(organisation=self.organisation))
        usual = tuple(self.organisation.languages) or (texts.DEFAULT,)
        self.language = language or (self.contact.language if self.contact else "") or usual[0]
        self.languages = tuple(dict.fromkeys((self.language, *usual)))
        self.stops = Stops(self.contact, () if found else self._suppressions())
        self.hearing = Hearing(self.organisation, message, self.languages, self.every)
        self.mine = mine = tuple(dict.fromkeys((*message.identifiers, *own)))
        self.answers = Answers(channel, message, mine, self.languages, self.stops, sent_at, now)
        self.agreed = Agreed(self.contact, self.organisation, self.every, now)
        self.stop_at = time_of_stop(self.found, sent_at, self.stops, self.answers.questions)

    def _suppressions(self) -> list[Suppression]:
        """What somebody who is no contact will begin with, should this message make them one."""
        if self.held:
            return self.held.suppressions
        return suppressions.met(self.organisation, self.message.identifiers)

    def read(self) -> Known:
        standing = self._standing()
        if self.message.what != What.WORDS:
            return self._noted(standing)
        if self.message.payload:
            answered = self.answers.tapped()
            return self._answered(standing, answered) if answered else self._on_a_button(standing)
        typed = requests.open_for_number(self.organisation, self.message.identifiers, self.contact, self.now)
        if matched := requests.find_by_code(self.organisation, self.message.text):
            situation = replace(self._with(standing, typed), code=self._code(matched))
            situation = self._beside_a_code(situation, matched.rest)
            return self._known(situation, matched.request.language, code=matched.request, typed=typed)
        heard = self.hearing.whole(standing)
        if heard != standing:
            return self._known(heard, self.language)
        if answered := self.answers.typed():
            return self._answered(standing, answered)
        named = wording.named_in_sentence(self.message.text, self.organisation)
        situation = self._words(self._with(standing, typed), named)
        if source := joins.source_of(self.channel, self.message.text):
            situation = replace(situation, asks_to_join=True, purposes=joins.purposes_of(source))
        else:
            situation = self._near(situation, named)
        ad = referrals.awaited(self.answers, self.now)
        situation = replace(
            situation,
            from_ad=self.message.referral is not None,
            ad_purposes=referrals.left_of(ad, self.stops, standing.allowed),
        )
        language = typed.language if typed else self.language
        return self._known(situation, language, typed=typed, ad=ad, source=source)

    def _noted(self, standing: Situation) -> Known:
        """What a provider says about them; and of an edited message a stop, for it may have been none."""
        what = self.message.what
        if what == What.EDITED:
            return self._known(self.hearing.stop(standing), self.language)
        left = standing.purposes if what == What.LEFT else ()
        situation = replace(standing, stop=what == What.STOP, narrowed=left, asks_to_join=what == What.JOIN)
        return self._known(situation, self.language)

    def _on_a_button(self, standing: Situation) -> Known:
        """Somebody else's button says nothing to us, but for a stop."""
        return self._known(self.hearing.stop_on_a_button(standing), self.language)

    def _answered(self, standing: Situation, answered: Answered | None) -> Known:
        if answered is None:
            return self._known(standing, self.language)
        is_held = answered.question.kind == ConsentRequest.Kind.FORGET and any(map(holds.is_held, self.found))
        situation = replace(standing, answer=answered.answer, is_held=is_held)
        return self._known(situation, answered.language, question=answered.question)

    def _known(self, situation: Situation, language: str, **rows: Any) -> Known:
        stop_at = self.stop_at
        if situation.stop and situation.nearly and (near := self.answers.came_near_at):
            # Two near stops are one of everything, as of the later one, whichever arrived first.
            stop_at = max(stop_at, near)
            situation = replace(situation, outlived=self.agreed.outlived(stop_at))
        return Known(situation, language, self.who, stop_at, self.stops.newest, **rows)

    def _standing(self) -> Situation:
        """What is allowed now, which of it was agreed to after this message, and what was stopped since."""
        through = CaptureChannel.purposes.through.objects.filter(capturechannel=self.channel.pk)
        of_channel = set(through.values_list("purpose_id", flat=True))
        purposes = tuple(purpose.key for purpose in self.every if purpose.pk in of_channel)
        return Situation(
            purposes=purposes,
            allowed=tuple(self.agreed.grants),
            renewable=tuple(key for key in self.agreed.due if key in purposes),
            later=self.stops.after((purpose.key for purpose in self.every), self.sent_at),
            outlived=self.agreed.outlived(self.stop_at),
            # An ad fills in words that nobody need have read.
            forwarded=self.message.forwarded or self.message.referral is not None,
            asked_scope=self.answers.asks_scope,
            came_near=self.answers.came_near_at is not None,
            in_peace=self.agreed.in_peace,
        )

    def _means(self, intent: Intent, text: str | None = None) -> bool:
        return keywords.means(self.message.text if text is None else text, intent, self.languages)

    def _near(self, situation: Situation, named: wording.Named) -> Situation:
        """What comes near a stop; of a wish to be asked, only what stands beside our own words."""
        joined = keywords.beside_join(self.message.text, self.channel.join_words)
        parts = [named.beside] if named.purposes else []
        parts += [] if joined is None else [joined]
        parts += [""] if self._means(Intent.START) else []
        if parts and self.hearing.nearest(*parts).nearness == Nearness.NONE:
            return situation  # a wish
        is_theirs = not situation.forwarded and not self.answers.quotes_another
        if situation.asked_scope and is_theirs and self.hearing.means_everything():
            return replace(situation, stop=True)
        return self.hearing.near(situation, self.message.text, *parts)

    def _beside_a_code(self, situation: Situation, rest: str) -> Situation:
        """A code does not make up for what is said beside it, as "not me" and "stop the tips"."""
        if situation.code is None or situation.code.rest != Rest.OTHER:
            return situation
        heard = self.hearing.whole(situation, rest)
        if heard != situation:
            return heard
        named = wording.named_in_sentence(rest, self.organisation)
        return self.hearing.near(situation, named.beside if named.purposes else rest)

    def _words(self, situation: Situation, named: wording.Named) -> Situation:
        """What the words are, where they are neither a code nor a stop nor an answer."""
        text = self.message.text
        answers_all = self.channel.replies == CaptureChannel.Replies.ALL
        return replace(
            situation,
            asks_to_join=self._means(Intent.START) or keywords.is_join(text, self.channel.join_words),
            help=answers_all and self._means(Intent.HELP),
            failed_code=bool(named.purposes) or codes.looks_like_one(text),
            named_purposes=tuple(purpose.key for purpose in named.purposes),
            anything_else=answers_all and bool(text.strip()),
            may_bring_up=bool(text.strip()) and self._was_left_alone(situation),
        )

    def _was_left_alone(self, situation: Situation) -> bool:
        """Whether nothing of what is due was asked about within the last month, or stopped since."""
        lately = renewal.asked_lately(self.answers.questions, self.now)
        is_fresh = lately.union(situation.later).isdisjoint(situation.renewable)
        return is_fresh and not situation.forwarded

    def _with(self, situation: Situation, typed: ConsentRequest | None) -> Situation:
        """What somebody asked for with this number; nothing that was stopped since or is allowed already."""
        if typed is None:
            return situation
        settled = self.stops.since(keys(typed), typed.asked_at).union(situation.allowed)
        return replace(
            situation,
            typed_purposes=tuple(key for key in keys(typed) if key not in settled),
            typed_was_asked=self.answers.was_asked_about(typed),
        )

    # A code

    def _code(self, matched: requests.Matched) -> Code:
        request = matched.request
        capture = desk.capture_of(request)
        if capture and capture.device_id:
            # Its entry may have come since the request was read: what was chosen is read after that.
            request.refresh_from_db()
        purposes = keys(request)
        return Code(
            purposes=purposes,
            typed=typed_into(request, self.message.identifiers),
            rest=self._rest(matched),
            expired=request.expires_at <= self.now or desk.is_given_up(capture),
            settled=self._settled(request),
            stale=self.stops.since(purposes, request.asked_at) | self.stops.after(purposes, self.sent_at),
            in_stock=capture is not None and capture.captured_at is None,
            by_own=capture is not None and desk.is_own(self.organisation, self.mine),
        )

    def _rest(self, matched: requests.Matched) -> Rest:
        if not keywords.normalise(matched.rest) or wording.is_a_sentence(matched.rest, matched.request):
            return Rest.PLAIN
        if self.hearing.is_stop(matched.rest):
            return Rest.STOP
        if self._means(Intent.NO, matched.rest):
            return Rest.NO
        return Rest.PLAIN if self._means(Intent.YES, matched.rest) else Rest.OTHER

    def _settled(self, request: ConsentRequest) -> bool:
        """Whether this sender said yes to a question about this request, and it still stands."""
        if self.contact is None:
            return False
        standing = ConsentRecord.objects.filter(contact=self.contact, grant__request__parent=request)
        return standing.count() == request.purposes.count()
