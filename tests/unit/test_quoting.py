"""Whose words: quotes, forwards, signatures and footers of the common clients (contract rule 3)."""

from __future__ import annotations

import pytest

from mailbot.html import read_html
from mailbot.quoting import mark
from mailbot.zones import OWN_WORDS, Text, Zone


def own(text: str) -> str:
    marked = mark(Text.all_in("body", text))
    return marked.only(OWN_WORDS).replace("\x00", "").strip()


@pytest.mark.parametrize(
    "opening",
    [
        "On Thu, 3 Sep 2026 at 14:10, Hana Dlamini <hana@gov.za.example> wrote:\n\n> We opt out.",
        "Le jeu. 3 sept. 2026 à 14:10, Hana <hana@gov.za.example> a écrit :\n\n> Nous refusons.",
        "El jue, 3 sept 2026 a las 13:20, TSB (<t@itu.example>) escribió:\n\n> No.",
        "3 сентября 2026 г., 14:10, Хана <hana@gov.za.example> написал(а):\n\n> Нет.",
        '03.09.2026, 14:10, "Хана" <hana@gov.za.example>:\n> Нет.',
        "在 2026年9月3日，Hana <hana@gov.za.example> 写道：\n\n> 退出",
        "-----Original Message-----\nFrom: A\nSent: 3 September 2026\nSubject: x\n\nWe opt out.",
        f"{'_' * 32}\nFrom: A <a@b.example>\nSent: 9 September 2026 12:00\nTo: B\nSubject: x\n\nWe opt out.",
        "De : Secrétariat <s@b.example>\nEnvoyé : mardi 27 octobre 2026\nÀ : B\nObjet : x\n\nNous refusons.",
        "От: Секретариат [mailto:i@b.example]\nОтправлено: 14 октября 2026 г.\nКому: Б\nТема: x\n\nНет.",
        "发件人: TSB <c@b.example>\n发送时间: 2026-10-08\n收件人: b\n主题: x\n\n退出",
        "من: أ <a@b.example>\nتاريخ الإرسال: 8 أكتوبر\nإلى: ب\nالموضوع: س\n\nلا",
        "---------- Forwarded message ---------\nFrom: A\nDate: Mon\nSubject: x\n\nWe opt out.",
        "-------- Message transféré --------\nSujet : x\nDate : y\nDe : z\n\nNous refusons.",
    ],
)
def test_what_a_client_quotes_is_not_the_senders(opening: str) -> None:
    assert own(f"We opt in.\n\nRegards\n\n{opening}") == "We opt in.\n\nRegards"


def test_words_below_a_marked_quote_are_the_senders_again() -> None:
    text = "On 3 Sep 2026, A <a@b.example> wrote:\n> Do you opt in?\n\nYes, we opt in."
    assert own(text) == "Yes, we opt in."


def test_two_header_like_lines_are_a_memo_and_no_quote() -> None:
    text = "To: Director TSB\nFrom: Ministry of ICT\n\nWe wish to opt out."
    assert "We wish to opt out." in own(text)


def test_a_full_heading_at_the_top_of_an_attachment_is_its_letterhead() -> None:
    memo = "From: Ministry\nTo: TSB\nDate: 3 September 2026\nSubject: opt in\n\nWe opt in."
    assert "We opt in." in mark(Text.all_in("attachment:x", memo), letterhead_allowed=True).only(OWN_WORDS)


def test_a_signature_delimiter_and_a_legal_footer_have_their_zones() -> None:
    text = "We opt in.\n\nAna\n-- \nKNA Kenya\n\nCONFIDENTIAL: if you are not the intended recipient, delete this."
    zones = mark(Text.all_in("body", text)).marks
    assert zones[text.index("KNA")] == Zone.SIGNATURE
    assert zones[text.index("CONFIDENTIAL")] == Zone.FOOTER


def test_many_attribution_like_words_take_no_time() -> None:
    assert own("On " * 8000)


def html_zone(markup: str, word: str) -> Zone:
    text = read_html(markup, "body")
    return Zone(text.marks[text.content.index(word)])


@pytest.mark.parametrize(
    "markup",
    [
        '<div style="display:none">secret</div>',
        '<span style="font-size:0">secret</span>',
        '<span style="FONT-SIZE: 1px">secret</span>',
        '<span style="color:#fff">secret</span>',
        '<p style="color:white;background:#fefefe">secret</p>',
        '<div style="background:#123456"><font color="#123456">secret</font></div>',
        '<div style="visibility:hidden">secret</div>',
        '<div style="position:absolute;left:-9999px">secret</div>',
        '<div style="max-height:0;overflow:hidden">secret</div>',
        '<div style="opacity:0">secret</div>',
        "<div hidden>secret</div>",
        '<span style="mso-hide:all">secret</span>',
        "<style>.x{display:none}</style><p class='x'>secret</p>",
        "<style>p.x, .y {font-size:0px}</style><p class='x'>secret</p>",
    ],
)
def test_text_that_nobody_sees_is_hidden(markup: str) -> None:
    assert html_zone(f"<html><body><p>seen</p>{markup}</body></html>", "secret") is Zone.HIDDEN


@pytest.mark.parametrize(
    "markup",
    [
        '<p style="color:#222">plain</p>',
        '<table><tr><td bgcolor="#000080"><font color="white">plain</font></td></tr></table>',
        '<div style="visibility:hidden"><p style="visibility:visible">plain</p></div>',
        '<div style="background-color:#333"><p style="color:#fff">plain</p></div>',
    ],
)
def test_text_that_can_be_read_is_not_hidden(markup: str) -> None:
    assert html_zone(f"<html><body>{markup}</body></html>", "plain") is Zone.OWN


@pytest.mark.parametrize("tag", ["s", "strike", "del", 'span style="text-decoration: line-through"'])
def test_struck_out_text_is_struck(tag: str) -> None:
    assert html_zone(f"<p>opt <{tag}>out</{tag.split()[0]}> in</p>", "out") is Zone.STRUCK


@pytest.mark.parametrize(
    "markup",
    [
        '<div class="gmail_quote">old</div>',
        '<blockquote type="cite">old</blockquote>',
        '<div id="divRplyFwdMsg">From: x</div><div>old</div>',
        '<div id="appendonsend"></div><p>old</p>',
        '<div class="yahoo_quoted">old</div>',
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm"><p>From: x</p></div><p>old</p>',
    ],
)
def test_quote_containers_hold_quotes(markup: str) -> None:
    assert html_zone(f"<body><p>new words</p>{markup}</body>", "old") is Zone.QUOTED


def test_an_indented_paragraph_is_no_quote() -> None:
    markup = '<p>x</p><blockquote style="margin:0 0 0 40px;border:none;padding:0px">mine</blockquote>'
    assert html_zone(markup, "mine") is Zone.OWN


def test_comments_scripts_and_styles_are_no_text() -> None:
    text = read_html("<style>a{}</style><!-- opt out --><script>opt()</script><p>seen</p>", "body")
    assert text.content.strip() == "seen"


def test_deep_nesting_ends_in_time() -> None:
    assert len(read_html("<div>" * 20_000 + "x" * 10, "body").content) <= 20_100
