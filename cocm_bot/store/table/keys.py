"""Every key of the table, in one place.

| Record              | PK                               | SK                                    |
|---------------------|----------------------------------|---------------------------------------|
| Registry            | registry:<registry id>           | metadata                              |
| Registry Patient    | registry-patient:<registry id>   | <patient mrn>                         |
| User                | user:<user id>                   | profile                               |
| Registry User       | registry-user:<registry id>      | user:<user id>                        |
| User Email          | user-email:<e-mail>              | <user id>; `#lock` keeps it unique    |
| User Registry       | user-registry:<user id>          | registry:<registry id>                |
| User Invite         | invite:<e-mail>                  | registry:<registry id>                |
| registry's invite   | registry-invites:<registry id>   | <e-mail>                              |
| Slack account       | slack-user:<team id>:<user id>   | user                                  |
| treatment log       | patient-log:<patient id>         | treatment#<date>#<id>                 |
| audit log           | patient-log:<patient id>         | audit#<time>#<id>                     |
| other work          | patient-log:<patient id>         | work#<date>#<id>                      |
| voided entry        | patient-log:<patient id>         | void#<treatment log id>               |
| directory entry     | patient-directory:<registry id>  | <handle>                              |
| patient change      | patient-changes:<registry id>    | <time>#<handle>#<version>             |
| count to add        | patient-counts:<registry id>     | <handle>#<version>                    |
| request             | request:<id>                     | request                               |
| access              | access-log:<registry id>:<day>   | <time>#<id>                           |
| checkpoint          | audit-checkpoint:<UTC day>       | <number>                              |
| latest checkpoint   | audit-head                       | head                                  |
| message             | message:<id of what it is about> | <user id>; `#<round>` after the first |
| review              | review:<registry id>             | <user id>                             |
| timer               | timer:<user id>                  | timer                                 |
| draft               | draft:<user id>                  | <id of the request it would be>       |
| question            | question:<id>                    | question                              |
| home                | home:<Slack user id>             | home                                  |
| team channel        | channel:<Slack channel id>       | registry:<registry id>                |
| work                | work:<kind>:<id>                 | work                                  |
| post                | post:<registry id>:<local day>   | <kind>#<recipient>                    |
| live digest         | digest:<registry id>:<local day> | <user id>                             |
| billing month       | billing:<registry id>:<month>    | patient#<patient id>                  |
| closed month        | billing:<registry id>:<month>    | closing; closed#<number>              |
| billed MRN          | billing-mrn:<month>:<mrn>        | registries                            |
| outcome record      | outcomes:<registry id>           | <patient id>#<number of the episode>  |
| run of the clock    | clock                            | <process>                             |
| import              | import:<registry id>             | <import id>                           |
| imported patient    | imported:<import id>             | <patient id>                          |
| merged record       | merged:<registry id>             | <the MRN it had>                      |
| before a merge      | merge-before:<merge id>          | kept; other                           |
| erasure             | erasure:<registry id>            | <patient id>                          |
| counts of erased    | erased-counts:<registry id>      | <year>                                |
| file to import      | import-file:<registry id>        | <Slack file id>                       |
| bulk change         | bulk:<registry id>               | <id of the request that asked for it> |
| installation        | installations                    | <id of the workspace or organization> |
| used OAuth state    | oauth-state:<state>              | used                                  |

Of one of several workspaces every PK and GSI1PK begins with workspace:<id of the workspace or organization>:

The index `caseload` has GSI1PK = registry-patient:<registry id> and GSI1SK = <next due day>#<patient id>,
and holds only patients that are not deactivated. It also holds the clock's work, with
GSI1PK = work-queue:<shard> and GSI1SK = <when it may be taken>#<kind>#<id>.
"""

import hashlib
from datetime import UTC, date, datetime
from typing import NamedTuple

from cocm_bot.domain.addresses import normal_email
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Status

INDEX = "caseload"
PACKED_INDEX = "caseload-2"
"""The index with the same keys that `cocm-bot table migrate` makes: it carries the row packed as one."""
ROW = "caseload_row"
"""The attribute of a patient with all that a list shows of it, packed, and the version it is of."""
LOCK = "#lock"
REGISTRY_PREFIX = "registry:"
TREATMENTS = "treatment#"
AUDITS = "audit#"
VOIDS = "void#"
WORK = "work#"
NEVER_DUE = "9999-12-31"
RUNS = "clock"
AUDIT_HEAD = "audit-head"
INSTALLATIONS = "installations"
WORKSPACE = "workspace:"
"""The start of every key of one of several workspaces, its id and another colon after it."""
QUEUE = "work-queue:"
PATIENTS = "registry-patient:"
BILLING = "billing:"
LEDGER = "patient#"
CLOSING = "closing"
CLOSED = "closed#"
SEAL = "seal"
"""The bot's own attribute on the entries of a history."""
PACKED = "packed_history"
"""The bot's own attribute beside a patient's record: the history, packed."""

_KINDS = {
    "registry": "registry",
    "registry-patient": "registry patient",
    "user": "user",
    "registry-user": "registry user",
    "user-email": "user e-mail",
    "user-registry": "user registry",
    "invite": "user invite",
    "registry-invites": "user invite",
    "slack-user": "Slack account",
    "patient-log": "patient history",
    "patient-directory": "patient directory",
    "patient-changes": "patient change",
    "patient-counts": "patient count",
    "request": "request",
    "access-log": "access log",
    "audit-checkpoint": "audit checkpoint",
    "audit-head": "audit checkpoint",
    "message": "message",
    "review": "review",
    "timer": "timer",
    "draft": "draft",
    "question": "question",
    "home": "home",
    "channel": "team channel",
    "work": "work",
    "post": "post",
    "digest": "live digest",
    "billing": "billing month",
    "billing-mrn": "billed MRN",
    "outcomes": "outcome record",
    "clock": "run of the clock",
    "import": "import",
    "imported": "imported patient",
    "merged": "merged record",
    "merge-before": "record before a merge",
    "erasure": "erasure",
    "erased-counts": "counts of the erased",
    "import-file": "file to import",
    "bulk": "bulk change",
    "installations": "installation",
    "oauth-state": "used OAuth state",
}
_SORT_KEYS = {
    "registry": "metadata",
    "user": "profile",
    "registry-user": "user:",
    "user-registry": "registry:",
    "slack-user": "user",
    "channel": "registry:",
    "work": "work",
    "request": "request",
    "timer": "timer",
    "question": "question",
    "home": "home",
    "billing-mrn": "registries",
    "oauth-state": "used",
}
"""The common start of a kind's sort keys, where there is one: names like `user` are other systems' too."""
_ENTRIES = {"treatment": "treatment log", "audit": "audit log", "void": "voided entry", "work": "other work"}


LONGEST_PK, LONGEST_SK = 2048, 1024


class Key(NamedTuple):
    """The primary key of one item."""

    pk: str
    sk: str

    @property
    def possible(self) -> bool:
        """Return whether DynamoDB takes it: neither part empty, nor longer than its bounds in bytes."""
        return 0 < len(self.pk.encode()) <= LONGEST_PK and 0 < len(self.sk.encode()) <= LONGEST_SK


def registry(registry_id: str) -> Key:
    """The registry itself."""
    return Key(f"registry:{registry_id}", "metadata")


def patient(registry_id: str, mrn: str) -> Key:
    """A patient of a registry."""
    return Key(patients(registry_id), mrn)


def patients(registry_id: str) -> str:
    """The partition of a registry's patients, in the table and in the index."""
    return f"{PATIENTS}{registry_id}"


def caseload_position(registry_id: str, record: Patient) -> dict[str, str]:
    """The attributes that place a patient in the index; none for a deactivated one."""
    if record.status is Status.DEACTIVATED:
        return {}
    return {"GSI1PK": patients(registry_id), "GSI1SK": f"{record.next_due or NEVER_DUE}#{record.id}"}


def due_by(day: date) -> str:
    """The end of the positions in the index of what is due on that day or before."""
    return f"{day.isoformat()}~"


def user(user_id: str) -> Key:
    """A user's profile."""
    return Key(f"user:{user_id}", "profile")


def registry_user(registry_id: str, user_id: str) -> Key:
    """A membership, seen from the registry."""
    return Key(registry_users(registry_id), f"user:{user_id}")


def registry_users(registry_id: str) -> str:
    """The partition of a registry's members."""
    return f"registry-user:{registry_id}"


def user_registry(user_id: str, registry_id: str) -> Key:
    """A membership, seen from the user."""
    return Key(user_registries(user_id), f"registry:{registry_id}")


def user_registries(user_id: str) -> str:
    """The partition of a user's registries."""
    return f"user-registry:{user_id}"


def user_email(email: str, user_id: str) -> Key:
    """Return which user has an e-mail address."""
    return Key(user_emails(email), user_id)


def email_lock(email: str) -> Key:
    """The item whose existence keeps an e-mail address with one user."""
    return Key(user_emails(email), LOCK)


def user_emails(email: str) -> str:
    """The partition of an e-mail address."""
    return f"user-email:{normal_email(email)}"


def invite(email: str, registry_id: str) -> Key:
    """An invitation of an e-mail address to a registry."""
    return Key(invites(email), f"registry:{registry_id}")


def bare_invite(email: str, registry_id: str) -> Key:
    """The same as an older system wrote it: with the bare registry id."""
    return Key(invites(email), registry_id)


def invites(email: str) -> str:
    """The partition of the invitations of an e-mail address."""
    return f"invite:{normal_email(email)}"


def registry_invite(registry_id: str, email: str) -> Key:
    """The same invitation, seen from the registry."""
    return Key(registry_invites(registry_id), normal_email(email))


def registry_invites(registry_id: str) -> str:
    """The partition of a registry's invitations."""
    return f"registry-invites:{registry_id}"


def slack_account(team_id: str, slack_user_id: str) -> Key:
    """Return which user a Slack account belongs to."""
    return Key(f"slack-user:{team_id}:{slack_user_id}", "user")


def treatment_log(patient_id: str, at: float, log_id: str) -> Key:
    """A contact in a patient's history; `at` in seconds."""
    return Key(patient_log(patient_id), f"{TREATMENTS}{_sortable(at)}#{log_id}")


def other_work(patient_id: str, at: float, log_id: str) -> Key:
    """Work that is not a contact in a patient's history; `at` in seconds."""
    return Key(patient_log(patient_id), f"{WORK}{_sortable(at)}#{log_id}")


def audit_log(patient_id: str, at: float, log_id: str) -> Key:
    """An audit entry in a patient's history; `at` in seconds."""
    return Key(patient_log(patient_id), f"{AUDITS}{_sortable(at)}#{log_id}")


def voided(patient_id: str, log_id: str) -> Key:
    """The word that a contact in a patient's history no longer counts; there is at most one."""
    return Key(patient_log(patient_id), f"{VOIDS}{log_id}")


def patient_log(patient_id: str) -> str:
    """The partition of a patient's history."""
    return f"patient-log:{patient_id}"


def directory_entry(registry_id: str, handle: str) -> Key:
    """Return which patient of a registry has a handle."""
    return Key(directory(registry_id), handle)


def directory(registry_id: str) -> str:
    """The partition of a registry's directory."""
    return f"patient-directory:{registry_id}"


def patient_change(registry_id: str, at: float, handle: str, version: int) -> Key:
    """Return the key that says that a patient was changed; `at` is the table's time in seconds."""
    return Key(patient_changes(registry_id), f"{_sortable(at)}#{handle}#{version}")


def patient_changes(registry_id: str) -> str:
    """The partition of the latest changes of a registry's patients."""
    return f"patient-changes:{registry_id}"


def changed_since(at: float) -> str:
    """The begin of the places of the changes made at an instant (seconds) or later."""
    return _sortable(at)


def changed_handle(key: Key) -> str:
    """Return the handle of the patient that a change is of."""
    return key.sk.split("#")[1] if key.sk.count("#") > 1 else ""


def changed_version(key: Key) -> int:
    """Return the version of the patient that a change made; 0 where it does not say."""
    version = key.sk.rpartition("#")[2]
    return int(version) if version.isdecimal() else 0


def patient_count(registry_id: str, handle: str, version: int) -> Key:
    """Return the key of what a change of a patient is still to add to the registry's count."""
    return Key(patient_counts(registry_id), f"{handle}#{version}")


def patient_counts(registry_id: str) -> str:
    """The partition of what is still to be added to a registry's count of patients."""
    return f"patient-counts:{registry_id}"


def request(request_id: str) -> Key:
    """A request that was applied."""
    return Key(f"request:{request_id}", "request")


def delivery(subject_id: str, user_id: str, round_number: int = 0) -> Key:
    """The message in which somebody is notified of something, the first time or in a later round."""
    return Key(deliveries(subject_id), f"{user_id}#{round_number}" if round_number else user_id)


def deliveries(subject_id: str) -> str:
    """The partition of the messages about one thing."""
    return f"message:{subject_id}"


def review(registry_id: str, user_id: str) -> Key:
    """Return the key of a person's position in the review of a registry's caseload."""
    return Key(f"review:{registry_id}", user_id)


def timer(user_id: str) -> Key:
    """The timer a person runs."""
    return Key(f"timer:{user_id}", "timer")


def draft(user_id: str, draft_id: str) -> Key:
    """A form that a person is filling in, or closed."""
    return Key(drafts(user_id), draft_id)


def drafts(user_id: str) -> str:
    """The partition of a person's drafts."""
    return f"draft:{user_id}"


def home(slack_user_id: str) -> Key:
    """The App Home a person has open."""
    return Key(f"home:{slack_user_id}", "home")


def question(question_id: str) -> Key:
    """A command that waits for its person to say which registry they mean."""
    return Key(f"question:{question_id}", "question")


def team_channel(channel_id: str, registry_id: str) -> Key:
    """The key that makes a Slack channel a registry's team channel."""
    return Key(team_channels(channel_id), f"registry:{registry_id}")


def team_channels(channel_id: str) -> str:
    """The partition of the registries whose team channel a Slack channel is."""
    return f"channel:{channel_id}"


def work(kind: str, work_id: str) -> Key:
    """Something the clock is to do."""
    return Key(f"work:{kind}:{work_id}", "work")


def queued(key: Key) -> tuple[str, str] | None:
    """The kind and the id of work, from its key; None for the key of anything else."""
    _, kind, work_id = (*key.pk.split(":", 2), "", "")[:3]
    return (kind, work_id) if kind and key == work(kind, work_id) else None


def work_shard(shard: int) -> str:
    """The partition of the index that one part of the clock's work waits in."""
    return f"{QUEUE}{shard}"


def out_of_place(key: Key, place: str) -> bool:
    """Return whether an item is among the bot's under a key that none of the bot's has there.

    `place` is its partition of the index, empty where it is in none.
    """
    if place.startswith(QUEUE):
        return queued(key) is None
    if place.startswith(PATIENTS):
        return key.pk != place
    return not is_ours(key)


def queue_place(at: float, kind: str, work_id: str) -> str:
    """Return where work that may be taken at an instant (seconds) waits in its part of the queue."""
    return f"{_sortable(at)}#{kind}#{work_id}"


def queued_by(at: float) -> str:
    """The end of the places of what may be taken at an instant or before."""
    return f"{_sortable(at)}~"


def post(registry_id: str, day: date, kind: str, recipient: str) -> Key:
    """Return the key of one recipient's post on a local day of a registry; at most one of a kind."""
    return Key(posts(registry_id, day), f"{kind}#{recipient}")


def posted(key: Key) -> tuple[str, str]:
    """The kind and the recipient of a post, from its key."""
    kind, _, recipient = key.sk.partition("#")
    return kind, recipient


def posts(registry_id: str, day: date) -> str:
    """The partition of the clock's posts on a local day of a registry."""
    return f"post:{registry_id}:{day.isoformat()}"


def digest(registry_id: str, day: date, user_id: str) -> Key:
    """The digest a member has of a local day, redrawn as its patients are handled."""
    return Key(digests(registry_id, day), user_id)


def digests(registry_id: str, day: date) -> str:
    """The partition of the digests of a local day of a registry."""
    return f"digest:{registry_id}:{day.isoformat()}"


def billing_month(registry_id: str, month: str) -> str:
    """The partition of a registry's billing of a local month (`YYYY-MM`)."""
    return f"{BILLING}{registry_id}:{month}"


def ledger_entry(registry_id: str, month: str, patient_id: str) -> Key:
    """A patient's month in the ledger."""
    return Key(billing_month(registry_id, month), f"{LEDGER}{patient_id}")


def closing(registry_id: str, month: str) -> Key:
    """Return who closed a month, and what it came to."""
    return Key(billing_month(registry_id, month), CLOSING)


def closed(registry_id: str, month: str, number: int) -> Key:
    """A part of the claims of a month as they were when it was closed."""
    return Key(billing_month(registry_id, month), f"{CLOSED}{number:04d}")


def billed_mrn(month: str, mrn: str) -> Key:
    """Return which registries bill an MRN in a month."""
    return Key(f"billing-mrn:{month}:{mrn}", "registries")


def outcome(registry_id: str, patient_id: str, number: int) -> Key:
    """The outcome record of a patient's episode, counted from 1."""
    return Key(outcomes(registry_id), f"{patient_id}#{number:04d}")


def outcomes(registry_id: str) -> str:
    """The partition of a registry's outcome records."""
    return f"outcomes:{registry_id}"


def access(registry_id: str, at: float, entry_id: str) -> Key:
    """An entry of the access log; `at` in seconds."""
    day = datetime.fromtimestamp(at, UTC).date()
    return Key(access_day(registry_id, day), f"{_sortable(at)}#{entry_id}")


def access_day(registry_id: str, day: date) -> str:
    """The partition of a registry's access log of one UTC day."""
    return f"access-log:{registry_id}:{day.isoformat()}"


def checkpoint(day: date, number: int) -> Key:
    """A checkpoint of the access log."""
    return Key(checkpoints(day), f"{number:012d}")


def checkpoints(day: date) -> str:
    """The partition of the checkpoints of a UTC day, of all registries."""
    return f"audit-checkpoint:{day.isoformat()}"


def latest_checkpoint() -> Key:
    """A copy of the checkpoint made last."""
    return Key(AUDIT_HEAD, "head")


def run(process: str) -> Key:
    """The last run of the clock in a process."""
    return Key(RUNS, process)


def import_of(registry_id: str, import_id: str) -> Key:
    """An import into a registry."""
    return Key(imports(registry_id), import_id)


def imports(registry_id: str) -> str:
    """The partition of a registry's imports."""
    return f"import:{registry_id}"


def imported_patient(import_id: str, patient_id: str) -> Key:
    """Return the key of the record that a patient came with an import."""
    return Key(imported_patients(import_id), patient_id)


def import_file(registry_id: str, file_id: str) -> Key:
    """A file that an admin gave to the bot in Slack."""
    return Key(f"import-file:{registry_id}", file_id)


def imported_patients(import_id: str) -> str:
    """The partition of the patients that came with an import."""
    return f"imported:{import_id}"


def merged(registry_id: str, mrn: str) -> Key:
    """Return which record a merged one went into, by the MRN it had."""
    return Key(all_merged(registry_id), mrn)


def all_merged(registry_id: str) -> str:
    """The partition of the records of a registry that were merged into others."""
    return f"merged:{registry_id}"


def before_merge(merge_id: str, which: str) -> Key:
    """A record as it was before a merge: the kept one or the other."""
    return Key(f"merge-before:{merge_id}", which)


def erasure(registry_id: str, patient_id: str) -> Key:
    """A patient's erasure: asked for, confirmed, or done."""
    return Key(erasures(registry_id), patient_id)


def erasures(registry_id: str) -> str:
    """The partition of a registry's erasures."""
    return f"erasure:{registry_id}"


def erased_count(registry_id: str, year: str) -> Key:
    """The counts that figures keep of erased patients, of the periods that begin in a year."""
    return Key(erased_counts(registry_id), year)


def erased_counts(registry_id: str) -> str:
    """The partition of the counts of a registry's erased patients."""
    return f"erased-counts:{registry_id}"


def bulk_change(registry_id: str, change_id: str) -> Key:
    """A change of many patients of a registry."""
    return Key(f"bulk:{registry_id}", change_id)


def installation(workspace: str) -> Key:
    """The app's installation in a workspace, or for an organization."""
    return Key(INSTALLATIONS, workspace)


def used_state(state: str) -> Key:
    """The mark that an OAuth state was used."""
    return Key(f"oauth-state:{state}", "used")


def workspace_prefix(workspace: str) -> str:
    """Return the start of every partition of a workspace's records."""
    return f"{WORKSPACE}{workspace}:"


def is_ours(key: Key) -> bool:
    """Return whether a key has the form of one of the bot's own, of whichever workspace."""
    pk = key.pk.split(":", 2)[-1] if key.pk.startswith(WORKSPACE) else key.pk
    prefix, _, owner = pk.partition(":")
    kind = _KINDS.get(prefix)
    if kind is None or (not owner and pk not in {RUNS, AUDIT_HEAD, INSTALLATIONS}):
        return False
    return key.sk.startswith(_SORT_KEYS.get(prefix, ""))


def fingerprint(key: Key) -> str:
    """Return twelve hex digits that name an item where its key, which may hold an MRN, must not be shown."""
    return hashlib.sha256(f"{key.pk}\0{key.sk}".encode()).hexdigest()[:12]


def key_kind(pk: str, sk: str) -> str:
    """Return what kind of item a key is for, in words that identify nobody."""
    kind = _KINDS.get(pk.partition(":")[0], "unknown")
    if kind == "patient history":
        return _ENTRIES.get(sk.partition("#")[0], kind)
    if kind == "user e-mail" and sk == LOCK:
        return "e-mail lock"
    return kind


def identity(pk: str, sk: str) -> dict[str, str]:
    """The ids of a team record that the schema keeps in its key alone."""
    kind, _, owner = pk.partition(":")
    match kind:
        case "user":
            return {"id": owner}
        # Another sort key holds somebody else's item, which without these is not read as a record.
        case "registry-user" if sk.startswith("user:"):
            return {"registry_id": owner, "user_id": sk.removeprefix("user:")}
        case "user-email" if sk != LOCK:
            return {"user_id": sk}
        case "user-registry" if sk.startswith("registry:"):
            return {"user_id": owner, "registry_id": sk.removeprefix("registry:")}
        case _:
            return {}


def _sortable(seconds: float) -> str:
    """Seconds as text of fixed width, so that text order is time order."""
    return f"{seconds:020.6f}"
