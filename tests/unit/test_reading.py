"""Rules 3 to 6: what a letter asks for, in the words of people who have not seen the rules."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mailbot.judgement import Decision
from mailbot.terms import Action, Duration, Intent, Reason
from tests.letters import model, raw_letter

Decide = Callable[[bytes], Decision]


def read(decided: Decide, body: str, **letter: object) -> Decision:
    return decided(raw_letter(body, **letter))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "intent"),
    [
        (model(), Intent.OPT_IN),
        (model(choice='"opt out" of'), Intent.OPT_OUT),
        (model(choice="[opt in to]"), Intent.OPT_IN),
        ("Please activate automatic approval of registration requests for Kenya.", Intent.OPT_IN),
        ("Please deactivate automatic approval of registration requests for Kenya.", Intent.OPT_OUT),
        ("Could you please switch on automatic approval for Kenya?", Intent.OPT_IN),
        ("Kenya no longer wishes automatic approval of registration requests.", Intent.OPT_OUT),
        ("Please withdraw Kenya's opt-in to automatic approval of registrations.", Intent.OPT_OUT),
        ("Please cancel Kenya's opt-out from automatic approval of registrations.", Intent.OPT_IN),
        ("Kenya has decided to return to individual approval of registration requests.", Intent.OPT_OUT),
        ("We would like our delegates' registration requests to be approved automatically. Kenya", Intent.OPT_IN),
        ("Le Kenya ne souhaite plus l'approbation automatique des demandes d'inscription. Kenya", Intent.OPT_OUT),
        ("Kenya : veuillez activer l'approbation automatique des demandes d'inscription.", Intent.OPT_IN),
        ("Кения просит отключить автоматическое утверждение запросов на регистрацию.", Intent.OPT_OUT),
    ],
)
def test_plain_wishes_are_read(decided: Decide, body: str, intent: Intent) -> None:
    decision = read(decided, body)
    assert (decision.intent, decision.reasons) == (intent, ())


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (model(choice='["opt in" to or "opt out" of]'), Reason.TEMPLATE_NOT_FILLED),
        (model(choice="opt in / out of"), Reason.TEMPLATE_NOT_FILLED),
        (model("[member organization]"), Reason.TEMPLATE_NOT_FILLED),
        ("Kenya, automatic approval of registrations:\n☐ opt in\n☐ opt out", Reason.TEMPLATE_NOT_FILLED),
        (f"{model()}\n\nFurther, Kenya wishes to opt out of automatic approval.", Reason.CONFLICTING_INTENT),
        ("Kenya does not wish to opt in to automatic approval of registrations.", Reason.NEGATED_INTENT),
        ("Kenya does not wish to opt out of automatic approval of registrations.", Reason.NEGATED_INTENT),
        ("Kenya opts in to automatic approval, but only for meetings of Study Group 13.", Reason.QUALIFIED_REQUEST),
        ("Kenya opts in to automatic approval if the fee is waived.", Reason.QUALIFIED_REQUEST),
        ("Kenya opts in to automatic approval as from 1 January 2027.", Reason.QUALIFIED_REQUEST),
        ("Kenya opts in to automatic approval for the three delegates below.", Reason.QUALIFIED_REQUEST),
        ("Under BR Administrative Circular CACE/1187 Kenya opts in to automatic approval.", Reason.OTHER_CIRCULAR),
        ("Under TSB Circular 205 Kenya opts in to automatic approval of registrations.", Reason.OTHER_CIRCULAR),
        ("Is automatic approval of registrations switched on for Kenya?", Reason.UNCLEAR_INTENT),
        ("Kenya is considering whether to opt in to automatic approval.", Reason.UNCLEAR_INTENT),
        ("Kenya may opt in to automatic approval of registrations.", Reason.UNCLEAR_INTENT),
        ("We wish to liquidate automatic approval of registrations for Kenya.", Reason.UNCLEAR_INTENT),
        ("Kenya wishes to oрt in to automatic approval of registrations.", Reason.UNCLEAR_INTENT),  # Cyrillic р
    ],
)
def test_doubtful_wishes_go_to_review(decided: Decide, body: str, reason: Reason) -> None:
    decision = read(decided, body)
    assert decision.action is Action.REVIEW
    assert reason in decision.reasons


@pytest.mark.parametrize(
    "body",
    [
        "Could you book a room for twenty people on Tuesday?",
        "Please opt me out of the newsletter.",
        "I opt out of being photographed.",
        "Kenya opts in to electronic invoicing of its contribution.",
        "Kenya would like to opt in to the automatic approval of the fellowship requests of its delegates.",
        "Please remove me from the mailing list t17sg17.",
        "Thank you for the prompt confirmation.",
        "Ms Sato will be our designated focal point for registrations from today.",
    ],
)
def test_other_mail_is_left_alone(decided: Decide, body: str) -> None:
    decision = read(decided, body, subject="A letter")
    assert (decision.action, decision.intent) == (Action.IGNORE, Intent.NONE)


def test_quoted_opt_out_below_an_opt_in_does_not_count(decided: Decide) -> None:
    """Rule 3; acting on `>`-quoted text is Sympa's trap."""
    quote = "On 3 Sep 2026, Ana <ana@x.example> wrote:\n> On behalf of Kenya, I wish to opt out of automatic approval."
    decision = read(decided, f"{model()}\n\n{quote}")
    assert decision.intent is Intent.OPT_IN
    assert decision.reasons == ()


@pytest.mark.parametrize("note", ["FYI", "Please process the message below.", "Yes please."])
def test_a_request_that_stands_only_in_a_forwarded_message_is_forwarded(decided: Decide, note: str) -> None:
    forwarded = f"---------- Forwarded message ---------\nFrom: Boss\nDate: today\nSubject: opt in\n\n{model()}"
    decision = read(decided, f"{note}\n\n{forwarded}", subject="Fwd: opt in")
    assert (decision.action, decision.intent) == (Action.REVIEW, Intent.UNCLEAR)
    assert Reason.FORWARDED_REQUEST in decision.reasons


def test_thanks_above_a_quoted_confirmation_is_no_request(decided: Decide) -> None:
    quote = "From: TSB\nSent: 3 September 2026\nSubject: x\n\nKenya has opted in to automatic approval."
    assert read(decided, f"Thank you very much!\n\n{quote}", subject="RE: x").action is Action.IGNORE


def test_hidden_text_about_the_procedure_goes_to_review(decided: Decide) -> None:
    html = f'<p>{model()}</p><p style="display:none">We opt out of automatic approval of registrations.</p>'
    decision = read(decided, model(), html=html)
    assert Reason.HIDDEN_TEXT in decision.reasons


def test_text_turned_round_is_hidden_text(decided: Decide) -> None:
    assert Reason.HIDDEN_TEXT in read(decided, model() + " \u202etuo tpo\u202c").reasons


def test_alternatives_that_wish_differently_conflict(decided: Decide) -> None:
    html = f"<p>{model(choice='opt out of')}</p>"
    assert Reason.CONFLICTING_INTENT in read(decided, model(), html=html).reasons


def test_the_one_alternative_not_struck_out_is_the_choice(decided: Decide) -> None:
    html = f"<p>{model(choice='<s>opt in to</s> opt out of')}</p>"
    decision = read(decided, model(choice="opt out of"), html=html)
    assert (decision.intent, decision.reasons) == (Intent.OPT_OUT, ())


@pytest.mark.parametrize("boxes", ["☒ opt in\n☐ opt out", "opt in [x]\nopt out [ ]", "☒ opt in ☐ opt out"])
def test_a_ticked_box_is_the_choice_it_marks(decided: Decide, boxes: str) -> None:
    decision = read(decided, f"Kenya, automatic approval of registration requests:\n{boxes}")
    assert (decision.intent, decision.reasons) == (Intent.OPT_IN, ())


def test_an_own_subject_against_the_body_conflicts_and_an_inherited_one_does_not(decided: Decide) -> None:
    subject = "Kenya: opt out of automatic approval"
    assert Reason.CONFLICTING_INTENT in read(decided, model(), subject=subject).reasons
    assert read(decided, model(), subject=f"Re: {subject}").reasons == ()


def test_a_correction_that_leaves_one_plain_wish_is_that_wish(decided: Decide) -> None:
    body = "Last week I wrote that Kenya opts out. Please disregard that. We now wish to opt in to automatic approval."
    decision = read(decided, body, subject="Kenya")
    assert (decision.intent, decision.reasons) == (Intent.OPT_IN, ())


OPT_OUT_IN_RUSSIAN = "Кения отказывается от автоматического утверждения запросов на регистрацию."
OPT_OUT_IN_FRENCH = "Le Kenya refuse l'approbation automatique des demandes d'inscription."


@pytest.mark.parametrize("other", [OPT_OUT_IN_RUSSIAN, OPT_OUT_IN_FRENCH])
def test_a_short_wish_in_another_language_is_not_overlooked(decided: Decide, other: str) -> None:
    assert read(decided, other).intent is Intent.OPT_OUT
    assert Reason.CONFLICTING_INTENT in read(decided, f"{model()}\n\n{other}").reasons


def test_a_letter_too_long_to_be_read_to_its_end_goes_to_a_person(decided: Decide) -> None:
    decision = read(decided, f"{model()}\n\n" + "We also enclose our report on the session.\n" * 2000)
    assert (decision.action, decision.intent) == (Action.REVIEW, Intent.UNCLEAR)


def test_years_of_quoted_mail_below_a_request_do_not_matter(decided: Decide) -> None:
    thread = "> We also enclose our report on the session.\n" * 8000
    assert read(decided, f"{model()}\n\nOn Thu, 3 Sep 2026 TSB wrote:\n{thread}").reasons == ()


def test_a_wish_in_a_sentence_without_end_goes_to_a_person(decided: Decide) -> None:
    items = " ".join(f"delegate{number}" for number in range(120))
    decision = read(decided, f"Kenya opts in to automatic approval of registration requests {items}.")
    assert (decision.action, decision.reasons) == (Action.REVIEW, (Reason.UNCLEAR_INTENT,))


@pytest.mark.parametrize(
    ("words", "duration"),
    [
        ("until further notice", Duration.UNTIL_FURTHER_NOTICE),
        ("until we notify you otherwise", Duration.UNTIL_FURTHER_NOTICE),
        ("for the remainder of the Study Period", Duration.STUDY_PERIOD),
        ("until further notice or for the remainder of the Study Period", None),
        ("", None),
    ],
)
def test_the_duration_is_what_the_letter_names(decided: Decide, words: str, duration: Duration | None) -> None:
    assert read(decided, f"Kenya opts in to automatic approval of registrations {words}.").duration is duration


def test_a_legal_footer_with_its_own_opt_out_does_not_matter(decided: Decide) -> None:
    footer = "CONFIDENTIAL. To stop receiving marketing communications you may opt out at any time."
    assert read(decided, f"{model()}\n\nAna\n\n{footer}").reasons == ()


def test_a_letter_in_an_attachment_counts_where_the_body_is_a_cover_note(decided: Decide) -> None:
    decision = read(decided, "Please see the attached letter.", attachments={"letter.txt": model().encode()})
    assert (decision.intent, decision.reasons) == (Intent.OPT_IN, ())


def test_body_and_attachment_that_disagree_conflict(decided: Decide) -> None:
    other = model(choice="opt out of").encode()
    assert Reason.CONFLICTING_INTENT in read(decided, model(), attachments={"letter.txt": other}).reasons


def test_an_unreadable_attachment_beside_a_body_about_the_procedure_goes_to_review(decided: Decide) -> None:
    body = "Attached is Kenya's letter on automatic approval of registration requests."
    decision = read(decided, body, attachments={"letter.pdf": b"%PDF-1.4 broken"})
    assert Reason.ATTACHMENT_UNREADABLE in decision.reasons


def test_a_broken_archive_beside_a_complete_request_does_not_matter(decided: Decide) -> None:
    assert read(decided, model(), attachments={"photos.zip": b"PK\x03\x04 broken"}).reasons == ()


def test_evidence_points_at_the_letters_own_characters(decided: Decide) -> None:
    evidence = [item for item in read(decided, model()).evidence if item.field == "intent"]
    assert evidence
    assert all(item.text in model() and item.end - item.start == len(item.text) for item in evidence)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Kenya opts in", "Kenya opts out of the automatic approval of registration requests."),
        ("Opt out", "En nombre de Kenya, deseo acogerme a la aprobación automática de las solicitudes de inscripción."),
        ("Opt in", "От имени Кении прошу отключить автоматическое утверждение запросов на регистрацию."),
    ],
)
def test_the_writer_s_own_subject_may_contradict_in_a_word(decided: Decide, subject: str, body: str) -> None:
    assert read(decided, body, subject=subject).reasons == (Reason.CONFLICTING_INTENT,)
    assert read(decided, body, subject=f"Re: {subject}").reasons == ()


@pytest.mark.parametrize(
    "body",
    [
        "Would you take this?\n\n“On behalf of Kenya, I wish to opt in to the automatic approval of registrations.”",
        'Our lawyer writes: "Kenya wishes to opt in to the automatic approval of registrations."',
        "Voici le texte : « Le Kenya souhaite accepter l'approbation automatique des demandes d'inscription. »",
        "Текст таков: «Кения просит отключить автоматическое утверждение запросов на регистрацию».",
        "文字如下：「肯尼亚选择接受注册申请的自动批准。」",
    ],
)
def test_a_wish_in_quotation_marks_is_not_yet_the_writer_s(decided: Decide, body: str) -> None:
    assert read(decided, body).action is Action.REVIEW


@pytest.mark.parametrize(
    "body",
    [
        "Kenya wishes to “opt in to” the automatic approval of registration requests.",
        "Le Kenya souhaite accepter l'« approbation automatique des demandes d'inscription ».",
    ],
)
def test_a_term_in_quotation_marks_is_the_writer_s(decided: Decide, body: str) -> None:
    assert read(decided, body).action is Action.APPLY


@pytest.mark.parametrize(
    ("wish", "later"),
    [
        ("Kenya opts in to automatic approval of registrations.", "P.S. The cabinet met this morning."),
        ("Kenya opts in to automatic approval of registrations.", "Who would have thought of that?"),
        ("Kenya opts in to automatic approval of registrations.", "The letter is awaiting his signature."),
        ("Le Kenya adhère à l'approbation automatique des inscriptions.", "Le Ministre doit se prononcer vendredi."),
        ("Kenya se acoge a la aprobación automática de las inscripciones.", "Esperen mi próxima carta."),
        ("Кения просит включить автоматическое утверждение регистраций.", "Вопрос снова открыт."),
        ("肯尼亚选择接受注册申请的自动批准。", "一俟部长批复，我即告知。"),
        ("ترغب كينيا في قبول الموافقة التلقائية على طلبات التسجيل.", "يرجى التريث حتى رسالتي القادمة."),
    ],
)
def test_what_is_not_ready_or_was_thought_of_later_goes_to_a_person(decided: Decide, wish: str, later: str) -> None:
    assert read(decided, f"{wish}\n\nAna Juma").action is Action.APPLY
    assert read(decided, f"{wish}\n\n{later}\n\nAna Juma").action is Action.REVIEW


@pytest.mark.parametrize(
    "subject", ["Draft for your comments", "PROJET v2", "Borrador", "Проект письма", "退出函（草稿）"]
)
def test_a_draft_is_no_letter_yet(decided: Decide, subject: str) -> None:
    body = "Kenya opts out of the automatic approval of registration requests."
    assert read(decided, body, subject=subject).action is Action.REVIEW


@pytest.mark.parametrize(
    "body",
    [
        "pls enable the automatic aproval of regestration requests for Kenya",
        "svp activez l'aprobation automatique des inscritpions pour le Kenya",
        "Please accept whoever registers for Kenya straight away, without waiting for my okay.",
        "Merci de nous porter comme participant à l'approbation automatique des demandes d'inscription.",
        "肯尼亚申请开通代表注册的自动批淮。",
    ],
)
def test_a_request_in_odd_words_or_spelling_is_not_lost(decided: Decide, body: str) -> None:
    assert read(decided, body).action is not Action.IGNORE


def test_both_choices_with_one_in_brackets_are_none(decided: Decide) -> None:
    body = "肯尼亚选择加入（退出）注册申请的自动批准。"
    assert read(decided, body).reasons == (Reason.TEMPLATE_NOT_FILLED,)


def test_the_years_of_a_study_period_limit_nothing(decided: Decide) -> None:
    body = "Kenya opts in to automatic approval of registrations for the remainder of the\n2025-2028 study period."
    decision = read(decided, body)
    assert (decision.reasons, decision.duration) == ((), Duration.STUDY_PERIOD)


@pytest.mark.parametrize(
    "body",
    [
        "Kenya opts in to automatic approval of registrations for the remainder of the 2029-2032 study period.",
        "Kenya opts in to automatic approval of registrations for the study period 2029–2032.",
        "Kenya opts in to automatic approval of registrations for the study period 2025-2028, 3 delegates.",
        "Kenya opts in to automatic approval of registrations until further notice (3).",
        "Le Kenya souhaite accepter l'approbation automatique des inscriptions pour la période d'études 2029-2032.",
        "Кения просит включить автоматическое утверждение регистраций на исследовательский период 2029-2032.",
        "肯尼亚选择接受注册申请的自动批准，至2029-2032年研究期结束。",
    ],
)
def test_another_study_period_and_other_numbers_do_limit_it(decided: Decide, body: str) -> None:
    assert read(decided, body).reasons == (Reason.QUALIFIED_REQUEST,)


@pytest.mark.parametrize(
    "body",
    [
        "Je doute que le Kenya adhère à l'approbation automatique des inscriptions.",
        "Il est impensable que le Kenya active l'approbation automatique des inscriptions.",
        "Everyone believes that Kenya opts in to automatic approval of registrations.",
    ],
)
def test_what_nobody_declares_is_an_opinion(decided: Decide, body: str) -> None:
    assert read(decided, body).action is Action.REVIEW


@pytest.mark.parametrize("subject", ["Kenya does not opt in", "We will not opt in to automatic approval"])
def test_a_subject_that_denies_the_wish_contradicts_it(decided: Decide, subject: str) -> None:
    body = "Kenya opts in to automatic approval of registration requests."
    assert read(decided, body, subject=subject).reasons == (Reason.CONFLICTING_INTENT,)


@pytest.mark.parametrize("mark", ["“{}”", "{} (draft)"])
def test_a_subject_alone_that_is_no_letter_yet_is_not_lost(decided: Decide, mark: str) -> None:
    subject = mark.format("Kenya opts in to automatic approval of registration requests")
    assert read(decided, "Thanks.", subject=subject).action is Action.REVIEW


@pytest.mark.parametrize("below", ["P.S. Wait.", "P.S. Forget it.", "-- \nDRAFT - not for execution"])
def test_a_word_below_the_signature_is_enough(decided: Decide, below: str) -> None:
    wish = "Kenya opts in to automatic approval of registrations.\n\nAna Juma"
    assert read(decided, f"{wish}\n\n{below}").action is Action.REVIEW
    assert read(decided, f"{wish}\n\nP. S. Rao").action is Action.APPLY


@pytest.mark.parametrize(
    "cover", ["Please find attached the draft of our letter.", "Attached. It has not yet been signed."]
)
def test_a_cover_note_may_say_that_the_letter_is_not_ready(decided: Decide, cover: str) -> None:
    letter = {"letter.txt": b"On behalf of Kenya, I wish to opt in to the automatic approval of registration requests."}
    assert read(decided, "Please find attached our letter.", attachments=letter).action is Action.APPLY
    assert read(decided, cover, attachments=letter).action is Action.REVIEW


@pytest.mark.parametrize("subject", ["No automatic approval for Kenya", "Kenya does not wish to opt in"])
def test_a_subject_that_denies_the_opposite_agrees(decided: Decide, subject: str) -> None:
    body = "Kenya opts out of the automatic approval of registration requests."
    assert read(decided, body, subject=subject).reasons == ()
