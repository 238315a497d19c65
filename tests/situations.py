"""Every situation that a chat may be in, for hypothesis, and what is clear about each."""

from hypothesis import strategies as st

from channels_capture.moves import Answer, Choice, Code, Rest, Situation, Typed

KEYS = ("reminders", "tips", "surveys", "billing")
some = st.lists(st.sampled_from(KEYS), unique=True, max_size=4).map(tuple)
few = st.lists(st.sampled_from(KEYS), unique=True, min_size=1, max_size=4).map(tuple)
sets = st.frozensets(st.sampled_from(KEYS))
code = st.builds(
    Code,
    purposes=few,
    typed=st.sampled_from(Typed),
    rest=st.sampled_from(Rest),
    expired=st.booleans(),
    settled=st.booleans(),
    stale=sets,
    in_stock=st.booleans(),
    by_own=st.booleans(),
)
ABOUT_CONSENT = ("consent", "was_that_you", "keep")
about_consent = few.flatmap(
    lambda purposes: st.builds(
        Answer,
        kind=st.sampled_from(ABOUT_CONSENT),
        purposes=st.just(purposes),
        choice=st.sampled_from(Choice),
        picked=st.sampled_from(["", *purposes]),
        expired=st.booleans(),
        unclear=st.booleans(),
        typed=st.sampled_from(Typed),
        stale=sets,
    )
)
about_everything = st.builds(
    Answer,
    kind=st.sampled_from(["scope", "forget"]),
    purposes=st.just(()),
    choice=st.sampled_from([Choice.YES, Choice.NO]),
    expired=st.booleans(),
    unclear=st.booleans(),
)
answer = about_consent | about_everything
situations = st.builds(
    Situation,
    purposes=few,
    allowed=some,
    renewable=some,
    may_bring_up=st.booleans(),
    later=sets,
    outlived=sets,
    forwarded=st.booleans(),
    code=st.none() | code,
    answer=st.none() | answer,
    stop=st.booleans(),
    asked_scope=st.booleans(),
    came_near=st.booleans(),
    forget=st.booleans(),
    is_held=st.booleans(),
    from_ad=st.booleans(),
    ad_purposes=some,
    asks_to_join=st.booleans(),
    help=st.booleans(),
    failed_code=st.booleans(),
    named_purposes=some,
    typed_purposes=some,
    typed_was_asked=st.booleans(),
    anything_else=st.booleans(),
)


def of(actions, *kinds):
    return [action for action in actions if isinstance(action, kinds)]


def is_yes(situation):
    """Whether it is a clear yes, to a question that is open and was not forwarded."""
    answer = situation.answer
    if answer is None or situation.forwarded:
        return False
    return answer.choice == Choice.YES and not answer.expired and not answer.unclear


def is_yes_to_consent(situation):
    return is_yes(situation) and situation.answer.kind in ABOUT_CONSENT


def is_counting_code(situation):
    code = situation.code
    if code is None or situation.forwarded or situation.answer or situation.forget:
        return False
    is_ours = not code.expired and not code.in_stock and not code.by_own and code.typed != Typed.OTHER
    return is_ours and code.rest == Rest.PLAIN


def says_stop(situation):
    return situation.stop or (situation.code is not None and situation.code.rest == Rest.STOP)
