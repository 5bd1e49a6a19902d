"""Agreements on a patient: consent, recommendations, relapse prevention plan. Times in seconds UTC."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from cocm_bot.domain.records.record import Instant, Record


class ConsentKind(StrEnum):
    """The form of a patient's consent to Collaborative Care; verbal is enough, recorded with its date."""

    VERBAL = "Verbal"
    WRITTEN = "Written"


class RecommendationKind(StrEnum):
    """A kind of recommendation by a psychiatrist."""

    MEDICATION = "Medication"
    PSYCHOTHERAPY = "Psychotherapy"
    MEASURE_AGAIN = "Measure again"
    REFER = "Refer"
    CONTINUE = "Continue as is"
    OTHER = "Other"


class Answer(StrEnum):
    """An answer to a recommendation."""

    ACCEPTED = "Accepted"
    DECLINED = "Declined"
    DONE = "Done"


class DeactivationReason(StrEnum):
    """A reason why a patient left the program."""

    GRADUATED = "Graduated"
    DECLINED = "Declined"
    MOVED = "Moved away"
    LOST = "Lost to contact"
    REFERRED = "Referred on"
    DIED = "Died"
    HOSPICE = "Hospice or palliative care"
    NURSING_HOME = "Permanent nursing home"
    OTHER = "Other"


StoredConsentKind = Annotated[ConsentKind, Field(strict=False)]
StoredRecommendationKind = Annotated[RecommendationKind, Field(strict=False)]
StoredAnswer = Annotated[Answer, Field(strict=False)]
StoredDeactivationReason = Annotated[DeactivationReason, Field(strict=False)]


class Consent(Record):
    """The patient's consent, which comes before billable time."""

    kind: StoredConsentKind
    date: Instant
    recorded_by: str


class RecommendationAnswer(Record):
    """One addressee's answer."""

    user_id: str
    answer: StoredAnswer
    reason: str = ""
    at: float


class Recommendation(Record):
    """A psychiatrist's recommendation, open until it is declined or done."""

    id: str
    """The id of the consultation it was given in."""
    kinds: tuple[StoredRecommendationKind, ...] = Field(strict=False)
    text: str
    by: str
    at: float
    addressed_to: tuple[str, ...] = Field(strict=False)
    """User ids of the primary care physician and the care manager."""
    answers: tuple[RecommendationAnswer, ...] = Field(default=(), strict=False)

    @property
    def latest(self) -> RecommendationAnswer | None:
        """The answer that counts: the last one given."""
        return self.answers[-1] if self.answers else None

    @property
    def informs(self) -> bool:
        """Return whether it asks nobody for anything: the treatment goes on as it is."""
        return bool(self.kinds) and set(self.kinds) == {RecommendationKind.CONTINUE}

    @property
    def unanswered(self) -> bool:
        """Return whether an answer is asked for, and nobody has given one yet."""
        return not self.answers and not self.informs

    @property
    def closed(self) -> bool:
        """Return whether it was declined or done, or never asked for an answer."""
        if self.latest is None:
            return self.informs
        return self.latest.answer is not Answer.ACCEPTED


class RelapsePlan(Record):
    """The plan of patient and team to stay well, and for when it comes back."""

    warning_signs: str
    what_helps: str
    medication: str
    whom_to_call: str
    next_check: str
    """A local day, `YYYY-MM-DD`."""
    written_by: str
    written_at: float
