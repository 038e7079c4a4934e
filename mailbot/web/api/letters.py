"""`/v1/letters`: the letters, what was decided about them, and a person's decision about those in review."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Row

from mailbot.app import App
from mailbot.audit import storable
from mailbot.desk import claims
from mailbot.desk.archive import (
    UnknownCursorError,
    Wanted,
    answers_to,
    findings_of,
    letters_page,
    one_letter,
    raw_letter,
)
from mailbot.errors import ReviewError
from mailbot.reviewing import Resolution, resolve
from mailbot.reviewing import Step as ReviewStep
from mailbot.terms import Action, Intent
from mailbot.undelivered import MAIL_PREFIX
from mailbot.web.api import models
from mailbot.web.api.callers import caller_with
from mailbot.web.api.inputs import NO_PARAMETERS, Code, Moment, Number, Parameters, Reference, Words
from mailbot.web.api.problems import RefusedError, documented
from mailbot.web.site import app_of
from mailbot.web.tokens import Principal, Scope

router = APIRouter(prefix="/v1/letters", tags=["letters"])
_READS = caller_with(Scope.READ)
_REVIEWS = caller_with(Scope.REVIEW)
_DOWNLOAD: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The letter, byte for byte",
        "content": {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class LettersParameters(Parameters):
    """Which letters, and which page; filters that are given must all hold."""

    state: models.ReviewState | None = Field(None, description="Waiting for a person, or decided by one.")
    outcome: Action | None = Field(None, description="What mailbot did with it.")
    member: Code | None = Field(None, description="Whom it is about.")
    since: Moment | None = Field(None, description="Received at this moment or later.")
    after: Number | None = Field(None, description="What the page before gave as `next`.")
    limit: int = Field(50, ge=1, le=200)


class Decision(BaseModel):
    """A person's decision about a letter; `member` where the letter does not say for whom, or says it wrongly."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"as": "opt_in", "member": "FRA", "reason": "By telephone"}]}
    )
    decided: models.ResolveAs = Field(alias="as")
    member: Code | None = None
    reason: Words


@router.get("", summary="Letters", responses=documented(401, 403, 409), dependencies=[_READS])
def letters(asked: Annotated[LettersParameters, Query()], app: Annotated[App, Depends(app_of)]) -> models.Letters:
    """Scope `read`. The newest first; a walk skips and repeats none of the letters that were there when it began."""
    wanted = Wanted(asked.state, asked.outcome, asked.member, asked.since)
    try:
        with app.store.read() as connection:
            page = letters_page(connection, wanted, asked.after, asked.limit)
    except UnknownCursorError:
        raise RefusedError(
            409, "cursor-unknown", f"there is no letter {asked.after}: give what the page before gave as next"
        ) from None
    return models.Letters(letters=[_letter(row) for row in page.rows], next=int(page.next) if page.next else None)


@router.get("/{reference}", summary="One letter", responses=documented(401, 403, 404),
            dependencies=[_READS, NO_PARAMETERS])  # fmt: skip
def letter(reference: Reference, app: Annotated[App, Depends(app_of)]) -> models.LetterDetails:
    """Scope `read`. A letter with the grounds of its decision, and the mails that answer it."""
    with app.store.read() as connection:
        row = _found(one_letter(connection, reference), reference)
        answers = answers_to(connection, row.id)
    read = findings_of(row)
    return models.LetterDetails(
        **dict(_letter(row)),
        sender_standing=read.get("sender"),
        evidence=read.get("evidence", []),
        answers=[
            models.Answer(
                id=f"{MAIL_PREFIX}{mail.id}",
                kind=mail.kind,
                status=mail.status,
                created_at=mail.created_at,
                finished_at=mail.finished_at,
            )
            for mail in answers
        ],
    )


@router.get("/{reference}/raw", summary="A letter's bytes", responses=_DOWNLOAD | documented(401, 403, 404, 410),
            dependencies=[_REVIEWS, NO_PARAMETERS], response_class=Response)  # fmt: skip
def raw(reference: Reference, app: Annotated[App, Depends(app_of)]) -> Response:
    """Scope `review`. The letter as it came; hostile until proven otherwise, so it comes as a download."""
    with app.store.read() as connection:
        row = _found(raw_letter(connection, reference), reference)
    if row.raw is None:
        raise RefusedError(410, "erased", f"the words of {reference} were erased on {row.redacted_at:%Y-%m-%d}")
    return Response(
        row.raw,
        media_type="message/rfc822",
        headers={
            "Content-Disposition": f'attachment; filename="{reference}.eml"',
            "Content-Security-Policy": "sandbox",
        },
    )


@router.post("/{reference}/resolution", summary="Decide a letter", responses=documented(401, 403, 404, 409, 413),
             dependencies=[NO_PARAMETERS])  # fmt: skip
def decide(
    reference: Reference,
    decision: Decision,
    caller: Annotated[Principal, _REVIEWS],
    app: Annotated[App, Depends(app_of)],
    afterwards: BackgroundTasks,
) -> models.Step:
    """Scope `review`. Sets the member's flag and queues the confirmation, or rejects the letter, in the token's name.

    A letter that has been decided is refused with 409 `already-resolved`, whoever decided it and how: a request that
    was sent twice acts once. One that a person has claimed in the console is theirs: 409 `claimed`. The mail
    leaves right after the answer.
    """
    intent = None if decision.decided is models.ResolveAs.REJECT else Intent(decision.decided)
    resolution = Resolution(intent, decision.member, caller.name, decision.reason)
    with app.store.begin() as connection:
        _must_be_open(app, connection, reference, resolution)
        try:
            claims.require_free(connection, reference, caller.name, app.clock())
            step = resolve(
                connection, app.world(connection), reference, resolution, app.clock(),
                four_eyes=app.settings.review.four_eyes,
            )  # fmt: skip
        except (claims.ClaimedError, ReviewError) as error:
            kind = "claimed" if isinstance(error, claims.ClaimedError) else "not-possible"
            raise RefusedError(409, kind, str(error)) from None
        if step is ReviewStep.RESOLVED:
            claims.settled(connection, reference)
        row = _found(one_letter(connection, reference), reference)
    afterwards.add_task(app.deliver_now)
    return models.Step(step=step, letter=_letter(row))


def _must_be_open(app: App, connection: Connection, reference: str, resolution: Resolution) -> None:
    """Refuse what `resolve` would refuse in the command line's words, and tell the cases apart."""
    row = _found(one_letter(connection, reference), reference)
    if row.review is None:
        raise RefusedError(409, "not-possible", f"{reference} is not for review: mailbot decided it ({row.outcome})")
    if row.review == "resolved":
        done = _resolution(row.resolution, row.resolved_at)
        raise RefusedError(
            409, "already-resolved",
            f"{reference} was already resolved as {done.decided} by {done.by} on {done.at:%Y-%m-%d}",
            resolution=done.model_dump(mode="json", by_alias=True),
        )  # fmt: skip
    if resolution.intent is None:
        return
    named = findings_of(row).get("member")
    code = resolution.member or (named["code"] if named else None)
    if code is None:
        raise RefusedError(409, "not-possible", f"{reference} names no member: say in `member` for whom it is")
    if code not in app.register(connection).members:
        raise RefusedError(409, "not-possible", f"{code} is no member of the registry")


def _found(row: Row[Any] | None, reference: str) -> Row[Any]:
    if row is None:
        raise RefusedError(404, "not-found", f"there is no letter {reference}")
    return row


def _letter(row: Row[Any]) -> models.Letter:
    read = findings_of(row)
    proposal = row.proposal
    return models.Letter(
        id=row.id,
        reference=row.reference,
        received=row.received,
        decided_at=row.decided_at,
        message_id=row.message_id,
        sha256=row.sha256,
        size=row.size,
        sender=row.sender,
        sender_name=row.sender_name,
        subject=row.subject,
        outcome=row.outcome,
        reasons=row.reasons,
        intent=read.get("intent"),
        duration=read.get("duration"),
        language=read.get("language"),
        member=row.member_code,
        authentication=read.get("authentication"),
        state=row.review,
        proposal=proposal and _resolution(proposal, datetime.fromisoformat(proposal["at"])),
        resolution=row.resolution and _resolution(row.resolution, row.resolved_at),
        erased_at=row.redacted_at,
    )


def _resolution(kept: dict[str, Any], at: datetime) -> models.Resolution:
    said = storable(kept)
    return models.Resolution.model_validate({**said, "member": said.get("member"), "at": at})
