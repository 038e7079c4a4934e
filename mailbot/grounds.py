"""Why a letter was ignored or goes to a person, and what would have made the difference: one row a reason code.

The sentences are templates that `mailbot.facts` fills in. "why" completes "because …", "remedy" says what the letter or
the registry would need.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailbot.terms import Reason


@dataclass(frozen=True, slots=True)
class Ground:
    """The two sentences of one reason code."""

    why: str
    remedy: str


GROUNDS: Mapping[Reason, Ground] = {
    Reason.AUTOMATIC_REPLY: Ground(
        "it is an automatic reply{machine}",
        "a letter that a person wrote, sent without the marks of an automatic reply",
    ),
    Reason.BOUNCE: Ground(
        "it is a mail system's notice about a mail it could not deliver, or has no return path{machine}",
        "a letter sent from a person's own address, with a return path",
    ),
    Reason.BULK_MAIL: Ground(
        "it came through a mailing list or as bulk mail{machine}",
        "the letter sent straight to the mailbox, not to a list",
    ),
    Reason.OWN_MESSAGE: Ground("mailbot itself sent it{machine}", "nothing: mailbot does not answer its own messages"),
    Reason.DUPLICATE: Ground("{repeated}", "the letter sent as a new message, with a Message-ID of its own"),
    Reason.FORWARDED_REQUEST: Ground(
        "the only request stands in quoted, forwarded or attached mail, which are not the sender's own newest words",
        "the wish written out by the sender above what is quoted, with the member's name",
    ),
    Reason.HIDDEN_TEXT: Ground(
        "text that a reader does not see, or that is turned round, speaks of opting in or out",
        "the letter without hidden or reversed text",
    ),
    Reason.ATTACHMENT_UNREADABLE: Ground(
        "an attachment that may hold the request cannot be read, and the mail alone makes no complete request",
        "the letter as a readable PDF or Word file, or its words in the mail itself",
    ),
    Reason.NOT_A_REQUEST: Ground(
        "nothing in the sender's own words is about automatic approval of registration requests",
        "words that ask to opt in to or out of automatic approval of registration requests",
    ),
    Reason.TEMPLATE_NOT_FILLED: Ground(
        "the circular's model was not filled in: alternatives, boxes or bracketed fields still stand open{wish}",
        "one of the alternatives taken and the other removed, and every bracketed field filled in",
    ),
    Reason.CONFLICTING_INTENT: Ground(
        "parts of the letter contradict each other about opting in or out{wish}",
        "one wish only, the same in subject, text and attachment",
    ),
    Reason.NEGATED_INTENT: Ground(
        "it says what is not wished, which does not tell what is{wish}",
        'the wish said plainly: "we wish to opt in to …" or "we wish to opt out of …"',
    ),
    Reason.QUALIFIED_REQUEST: Ground(
        "the wish holds only in part, on a condition, or from a later day{doubt}",
        "a wish without limits: the flag holds for all active accounts with TIES access, and from now on",
    ),
    Reason.OTHER_CIRCULAR: Ground(
        "it is about automatic approval under another circular's number or in another Sector{wish}",
        "a wish under {programme}, for ITU-{sector}",
    ),
    Reason.UNCLEAR_INTENT: Ground(
        "it is about this procedure, but states no single clear wish{wish}",
        'the wish said plainly: "we wish to opt in to …" or "we wish to opt out of …"',
    ),
    Reason.MEMBER_NOT_NAMED: Ground(
        "no member is named{holds}", "the member's name in the text, the subject or the signature, as in the registry"
    ),
    Reason.MEMBER_UNKNOWN: Ground(
        "the name in the letter is no member's{name}",
        "a name that is in the registry, or the name in the letter added to its member's aliases",
    ),
    Reason.MEMBER_AMBIGUOUS: Ground(
        "the name in the letter could be several members'{name}", "the member's full name, as in the registry"
    ),
    Reason.SEVERAL_MEMBERS: Ground(
        "more than one member is named{name}", "a letter of its own for each member, naming that member alone"
    ),
    Reason.MEMBER_MISMATCH: Ground(
        "the sender is {role} of {held}, not of {member}, which the letter names",
        "a letter from {entitled}, or {sender} entered in the registry as a designated focal point of {member}",
    ),
    Reason.MALFORMED_SENDER: Ground(
        "its From header does not hold exactly one address",
        "a From header with the sender's one address and nothing else",
    ),
    Reason.SENDER_UNKNOWN: Ground(
        "{sender} is no focal point's address in the registry",
        "a letter from {entitled}, or {sender} entered in the registry as a designated focal point for Sector {sector}",
    ),
    Reason.SENDER_NOT_DESIGNATED: Ground(
        "{sender} is the TIES focal point of {held}, which gives no right to opt in or out",
        "a letter from {entitled}, or {sender} entered in the registry as a designated focal point for Sector {sector}",
    ),
    Reason.SENDER_OTHER_SECTOR: Ground(
        "{sender} is a designated focal point of {held} for another Sector{sectors}, not for Sector {sector}",
        "a letter from {entitled}, or {sender} entered in the registry as a designated focal point for Sector {sector}",
    ),
    Reason.SENDER_EXPIRED: Ground(
        "{sender} was not a valid designated focal point of {held} on {day}{terms}",
        "a letter from {entitled}, or other dates for {sender} in the registry",
    ),
    Reason.AUTHENTICATION_FAILED: Ground(
        "the mail server found that the letter does not come from {domain}: it may be forged{header}",
        "the letter sent through the mail system of {domain}, or a confirmation from the sender by another way",
    ),
    Reason.AUTHENTICATION_MISSING: Ground(
        "nothing proves that the letter comes from {domain}{header}",
        "a DMARC, DKIM or SPF pass for {domain}, seen by a trusted server in the topmost Authentication-Results header",
    ),
    Reason.ENCRYPTED: Ground("it is encrypted and cannot be read", "the letter sent unencrypted"),
    Reason.TOO_LARGE: Ground(
        "it is larger than the limit of {limit} bytes, so that only its headers were read{size}",
        "a smaller letter, or a higher limits.max_message_bytes in the configuration",
    ),
    Reason.MALFORMED_MESSAGE: Ground(
        "the message is damaged and cannot be read with certainty{error}", "the letter sent again, whole"
    ),
    Reason.OUT_OF_ORDER: Ground(
        "it was written on {written}, before what the flag of {member} already stands on{basis}",
        "a letter written after that, or a person's decision that the earlier wish is to hold after all",
    ),
    Reason.AWAITING_CONFIRMATION: Ground(
        "{sender} is asked by mail whether the letter is theirs",
        "a reply to that mail from {sender} that plainly says yes, while its code is valid",
    ),
}
