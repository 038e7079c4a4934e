"""The contract's codes in plain words, as the console says them."""

from __future__ import annotations

from mailbot.terms import Verdict

REASONS = {
    "automatic_reply": "Automatic reply",
    "bounce": "Returned mail",
    "bulk_mail": "Bulk mail",
    "own_message": "Sent by mailbot",
    "duplicate": "Repeated letter",
    "forwarded_request": "Only in forwarded mail",
    "hidden_text": "Hidden text",
    "attachment_unreadable": "Unreadable attachment",
    "not_a_request": "No request found",
    "template_not_filled": "Model not filled in",
    "conflicting_intent": "Contradicts itself",
    "negated_intent": "Says only what is not wished",
    "qualified_request": "With a condition",
    "other_circular": "Another circular",
    "unclear_intent": "Wish unclear",
    "member_not_named": "No member named",
    "member_unknown": "Unknown member",
    "member_ambiguous": "Member ambiguous",
    "several_members": "Several members",
    "member_mismatch": "Sender of another member",
    "malformed_sender": "Broken From header",
    "sender_unknown": "Unknown sender",
    "sender_not_designated": "Sender is TIES focal point only",
    "sender_other_sector": "Sender for another Sector",
    "sender_expired": "Designation not valid that day",
    "authentication_failed": "May be forged",
    "authentication_missing": "Origin not proved",
    "encrypted": "Encrypted",
    "too_large": "Too large",
    "malformed_message": "Damaged message",
    "out_of_order": "Older than the flag",
    "awaiting_confirmation": "Sender asked to confirm",
    "mail_failed": "Mail not delivered",
    "mail_bounced": "Mail returned",
    "mail_withheld": "Mail withheld",
    "shelved": "Could not be handled",
}

INTENTS = {
    "opt_in": "Opt in",
    "opt_out": "Opt out",
    "unclear": "Unclear",
    "none": "No request",
    "reject": "Not a request",
    "ask": "Asked the sender",
}

LANGUAGES = {
    "ar": "Arabic",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "ru": "Russian",
    "zh": "Chinese",
}

STANDINGS = {
    "designated": "Designated focal point for Sector T",
    "expired": "Designated, but not valid that day",
    "other_sector": "Designated for another Sector",
    "ties": "TIES focal point only",
    "unknown": "Not in the registry",
}

VERDICTS: dict[str, str] = {
    Verdict.PASS: "Proved to come from the sender's domain",
    Verdict.FAIL: "Does not come from the sender's domain",
    Verdict.NONE: "Nothing proves where it comes from",
}

CAUSES = {
    "letter": "as a letter wished",
    "review": "as a person decided",
    "lapse": "its study period had ended",
    "study_period_moved": "the end of its study period was moved",
}

DURATIONS = {
    "study_period": "for the study period",
    "until_further_notice": "until further notice",
}

CATEGORIES = {
    "member_state": "Member State",
    "sector_member": "Sector Member",
    "associate": "Associate",
    "academia": "Academia",
}

OUTCOMES = {
    "apply": "Flag set",
    "no_change": "Flag stood already",
    "review": "For a person",
    "ignore": "Left alone",
}

MAIL_STATES = {
    "due": "To be sent",
    "sent": "Sent",
    "failed": "Not delivered",
    "bounced": "Returned",
    "withheld": "Withheld",
    "closed": "Closed",
}

WAITS = {
    "1h": "within an hour",
    "4h": "within 4 hours",
    "1d": "within a day",
    "3d": "within 3 days",
    "7d": "within a week",
    "more": "later",
}

TYPICAL_WAITS = {
    "1h": "1 hour",
    "4h": "4 hours",
    "1d": "1 day",
    "3d": "3 days",
    "7d": "1 week",
    "more": "over a week",
}
