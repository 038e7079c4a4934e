"""A letter's HTML made harmless, and the safe names of what is saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from mailbot.web.clean_html import POLICY, clean, clean_page
from mailbot.web.pages.letter_files import safe_name

XSS = (Path(__file__).parents[1] / "fixtures" / "xss.txt").read_text("utf-8").splitlines()[1:]
ALLOWED = {"dir", "colspan", "rowspan", "start", "class"}


@pytest.mark.parametrize("payload", XSS)
def test_nothing_is_left_that_could_do_anything(payload: str) -> None:
    for source in (payload, f"<table><tr><td>{payload}", f"<svg>{payload}", f"<p title='{payload}'>x</p>"):
        tree = LexborHTMLParser(f"<body>{clean(source)}</body>")
        assert tree.body is not None
        for node in tree.body.css("*"):
            assert node.tag not in ("script", "style", "img", "iframe", "svg", "math", "form", "input", "link", "meta")
            assert set(node.attributes) <= ALLOWED, (payload, node.html)


def test_what_a_reader_sees_is_kept() -> None:
    source = (
        "<h1>Letter</h1><p>We <b>wish</b> to<br>opt in &amp; stay.</p><ul><li>one</ul>"
        "<table><tr><td colspan=2>x<td>y</table><div dir=RTL>مرحبا</div>"
    )
    kept = clean(source)
    assert "<h1>Letter</h1><p>We <b>wish</b> to<br>opt in &amp; stay.</p><ul><li>one</li></ul>" in kept
    assert '<td colspan="2">x</td><td>y</td>' in kept
    assert '<div dir="rtl">مرحبا</div>' in kept


def test_pictures_and_links_leave_a_note_and_load_nothing() -> None:
    kept = clean('<img src="https://evil.example/p.png" alt="logo"><a href="https://evil.example/x">our site</a>')
    assert "picture: <bdi>logo</bdi>" in kept
    assert '<a>our site</a> <span class="gone"><bdi>https://evil.example/x</bdi></span>' in kept
    assert "p.png" not in kept


def test_the_words_of_unknown_elements_stay_those_of_scripts_go() -> None:
    assert clean("<o:p>text</o:p><center>more</center>") == "text<center>more</center>"
    assert clean("<script>bad</script><style>bad</style><title>bad</title><!-- bad -->good") == "good"


def test_a_letter_nested_as_deep_as_one_likes_is_bounded() -> None:
    assert "deep" in clean("<div>" * 5_000 + "deep")
    assert "the rest is not shown" in clean("<b>x</b>" * 60_000)


def test_the_frame_s_policy_lets_nothing_run_or_load() -> None:
    assert "default-src 'none'" in POLICY
    assert POLICY.endswith("; sandbox")
    assert "unsafe" not in POLICY
    assert clean_page("<p>x").count("<style>") == 1


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("letter.pdf", "letter.pdf"),
        ("Письмо от 3 мая.docx", "Письмо от 3 мая.docx"),
        ("setup.exe", "setup.exe.bin"),
        ("page.HTML", "page.HTML.bin"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.bin"),
        ("../../etc/passwd", "_.._etc_passwd.bin"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie_ x_1.txt"),
        ('x"; filename="y.exe', "x__ filename__y.exe.bin"),
        ("...", "attachment.bin"),
        ("", "attachment.bin"),
        (".htaccess", "htaccess.bin"),
        ("con\x00fig.txt", "config.txt"),
    ],
)
def test_a_saved_file_s_name_does_no_harm(name: str, safe: str) -> None:
    assert safe_name(name) == safe
