"""The registry itself, its users, memberships and invites. All times are seconds UTC."""

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from cocm_bot.domain.fields import US
from cocm_bot.domain.measures.catalogue import CATALOGUE, Measure, MeasureRules, with_rules
from cocm_bot.domain.records.history import StoredRole
from cocm_bot.domain.records.record import Record
from cocm_bot.domain.settings.code_sets import BillingRules
from cocm_bot.domain.settings.policy import Cadence, CarePolicy
from cocm_bot.domain.settings.registry_settings import Alerts, Disclosure, Privacy, Reminders, Rhythm

INVITE_DAYS = 30
DEFAULT_INVITE_SECONDS = INVITE_DAYS * 24 * 3600
"""Seconds in which an invitation can be accepted that does not say so itself."""


class Questionnaire(Record):
    """A measure the registry asks for: one of the catalogue by name, or the registry's own definition.

    An older system writes them in another form, under other spellings: those of the catalogue are known.
    """

    name: str
    definition: Measure | None = None

    @model_validator(mode="before")
    @classmethod
    def _named(cls, stored: object) -> object:
        if not isinstance(stored, dict) or stored.get("definition"):
            return stored
        called = next((str(stored[key]) for key in ("name", "type", "uid") if stored.get(key)), "")
        return {**stored, "name": _SPELLINGS.get(_letters(called), called)}

    @property
    def measure(self) -> Measure | None:
        """The measure meant; None for a name that is neither in the catalogue nor defined."""
        return self.definition or CATALOGUE.get(self.name)


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


_SPELLINGS = {_letters(name): name for name in CATALOGUE}


class Registry(Record):
    """One population of patients and the team that treats it."""

    id: str
    name: str
    modified_date: float
    created_date: float
    members: int
    active_patients: int
    questionnaires: tuple[Questionnaire, ...] = Field(strict=False)
    created_seal: str = ""
    """A keyed seal of `id` and `created_date`; empty in registries from before there were seals."""
    timezone: str = "UTC"
    cadence: Cadence = Cadence()
    billing: BillingRules = BillingRules()
    own_measures: tuple[Measure, ...] = Field(default=(), strict=False)
    """Every measure the registry ever defined, asked for now or not."""
    measure_rules: dict[str, MeasureRules] = Field(default_factory=dict)
    """The lines the registry set for a measure, by its name; the others are read by their own."""

    rhythm: Rhythm = Rhythm()
    disclosure: Disclosure = Disclosure()
    alerts: Alerts = Alerts()
    privacy: Privacy = Privacy()
    team_channel: str | None = None
    """The Slack channel where the team's counts are posted."""
    timed_since: float = 0.0
    """Since when digests fall due by this zone and rhythm (seconds UTC)."""
    zone_before: str | None = None
    """The time zone until then, where that changed."""
    ehr_url: str = ""
    phone_country: str = US
    """The country, as `US`, that patients' phone numbers without `+` are of."""
    """The address of a patient's record in the clinic's system, with a place for its id; empty for none."""
    ledgered: bool = False
    """True when the billing ledger holds all of the history; not yet in a table from before there was one."""
    outcomes_form: int = 0
    """The form in which the outcome records hold all of the history; 0 until they do."""
    invite_days: int = INVITE_DAYS
    """The time in which an invitation can be accepted."""

    @property
    def unknown_questionnaires(self) -> list[str]:
        """The names of what an older system asks for that is no measure here."""
        return [asked.name for asked in self.questionnaires if asked.measure is None]

    @property
    def policy(self) -> CarePolicy:
        """The rules this registry works by."""
        measures = tuple(
            with_rules(asked.measure, self.measure_rules.get(asked.name))
            for asked in self.questionnaires
            if asked.measure is not None
        )
        asked = {measure.name for measure in measures}
        others = tuple(each for each in (*CATALOGUE.values(), *self.own_measures) if each.name not in asked)
        return CarePolicy(ZoneInfo(self.timezone), self.cadence, measures, self.billing, others)


class User(Record):
    """A person, in however many registries."""

    id: str
    email: str
    first_name: str
    last_name: str
    phone_number: str
    registeries: tuple[str, ...] = Field(strict=False)
    current_registry: str | None = None
    """The one of several they work in now; the first where they never chose."""
    slack_team_id: str | None = None
    slack_user_id: str | None = None
    """The Slack account that is theirs, and nobody else's, since they first used the bot."""
    let_in_by: str | None = None
    """The user id of the admin who said that the account is theirs, or who runs the bot; None where Slack's
    confirmed address was enough."""

    @property
    def slack_account(self) -> tuple[str, str] | None:
        """The workspace and the id of their Slack account, once it is known."""
        if self.slack_team_id is None or self.slack_user_id is None:
            return None
        return self.slack_team_id, self.slack_user_id


class RegistryUser(Record):
    """A person's membership of one registry."""

    registry_id: str
    user_id: str
    date_created: int
    first_name: str
    last_name: str
    role: StoredRole
    is_admin: bool
    covered_by: str | None = None
    """The user id of this member's cover while they are away, if there is one."""
    away_from: str | None = None
    """The first local day (`YYYY-MM-DD`) on which they are away; None where that was the day they said so."""
    cover_until: str | None = None
    """The last local day (`YYYY-MM-DD`) on which they are away."""
    reminders: Reminders = Reminders()
    full_time: Annotated[float, Field(ge=0.01, le=1)] = 1.0
    """The full-time equivalent of a care manager, from 0.05 to 1."""
    last_seen: str | None = None
    """The last local day (`YYYY-MM-DD`) they used the bot in this registry."""


class UserEmail(Record):
    """The user of an e-mail address (lower case)."""

    email: str
    user_id: str
    date_created: int


class SlackAccount(Record):
    """The user of a Slack account."""

    user_id: str


class UserRegistry(Record):
    """The same membership, seen from the user."""

    user_id: str
    registry_id: str
    date_created: int


class UserInvite(Record):
    """An invitation to a registry that has not been accepted yet."""

    email: str
    first_name: str
    last_name: str
    invited_by: str
    registry_id: str
    date_created: int
    role: StoredRole
    id: str | None = None
    """Another one after every change: who acts on an invitation says which they mean."""
    valid_until: int | None = None
    """The time it expires (seconds UTC); None where an older system wrote it."""
    declined_at: int | None = None
    told: bool | None = None
    """True if the person has it as a direct message; False while nobody in Slack has the address."""

    bare: bool = Field(default=False, exclude=True)
    """True if it is stored under the bare registry id, as an older system did; not stored itself."""

    @property
    def ends(self) -> int:
        """Return when it expires (seconds UTC): where that is not said, so long after it was made."""
        return self.date_created + DEFAULT_INVITE_SECONDS if self.valid_until is None else self.valid_until

    def open(self, now: float) -> bool:
        """Return whether it can be accepted at an instant (seconds UTC)."""
        return self.declined_at is None and self.ends > now
