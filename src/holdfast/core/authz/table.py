"""The authorisation table: role x resource x action x relationship. The only place that says so.

A row reads: *role* may *actions* on *resource* when it stands in one of *relationships* to the
client the thing belongs to. For things that belong to the practice and to no client the
relationship is `PRACTICE`. A row never crosses practices.
"""

from __future__ import annotations

from dataclasses import dataclass

SELF = "self"
CARE_TEAM = "care_team"
SUPERVISED = "supervised"
FLAG_OWNER = "flag_owner"
FLAG_HANDLED = "flag_handled"
#: Belongs to a group's thread, which is about no client.
THREAD_MEMBER = "thread_member"
#: Leads the group that a visit is part of, beside the clinician whose visit it is.
CO_FACILITATOR = "co_facilitator"
PRACTICE = "practice"

RELATIONSHIPS = (
    SELF,
    CARE_TEAM,
    SUPERVISED,
    FLAG_OWNER,
    FLAG_HANDLED,
    THREAD_MEMBER,
    CO_FACILITATOR,
    PRACTICE,
)

READ = "read"
WRITE = "write"


@dataclass(frozen=True)
class Grant:
    """One row of the table."""

    role: str
    resource: str
    actions: frozenset[str]
    relationships: frozenset[str]


def _rows(
    roles: tuple[str, ...], resources: tuple[str, ...], actions: str, relationships: tuple[str, ...]
) -> list[Grant]:
    return [
        Grant(role, resource, frozenset(actions.split()), frozenset(relationships))
        for role in roles
        for resource in resources
    ]


_CLINICAL = ("clinician", "prescriber")
_EVERYONE = (
    "client",
    "clinician",
    "prescriber",
    "supervisor",
    "administrator",
    "researcher",
)

#: What a person owns about themself.
_OWN = (
    "client",
    "response",
    "progress",
    "today",
    "life_event",
    "medication",
    "safety_plan",
    "consent",
)

TABLE: tuple[Grant, ...] = (
    # The person.
    *_rows(("client",), _OWN, "read write", (SELF,)),
    *_rows(("client",), ("assignment", "flag_status", "encounter", "care_team"), "read", (SELF,)),
    *_rows(("client",), ("access_log", "export", "leaving"), "read", (SELF,)),
    # Assessments: begun and left by the person or by the care team; asking for a talk is the
    # person's, taking it on the care team's.
    *_rows(("client",), ("assessment", "talk_request"), "read write", (SELF,)),
    *_rows(_CLINICAL, ("assessment",), "read write", (CARE_TEAM,)),
    *_rows(_CLINICAL, ("assessment",), "read", (FLAG_OWNER,)),
    *_rows(_CLINICAL, ("talk_request",), "read", (CARE_TEAM, FLAG_OWNER)),
    *_rows(_CLINICAL, ("talk_answer",), "write", (CARE_TEAM,)),
    *_rows(
        ("supervisor",), ("assessment", "talk_request"), "read", (SUPERVISED, CARE_TEAM, FLAG_OWNER)
    ),
    *_rows((*_CLINICAL, "supervisor"), ("talk_list",), "read", (PRACTICE,)),
    # Appointments: the person books what is offered, their care team what fits. Whoever meets
    # people says when they are there; the practice, what can be booked and where.
    *_rows(("client",), ("appointment", "waiting_entry"), "read write", (SELF,)),
    *_rows(("client",), ("bookable",), "read", (SELF,)),
    *_rows(_CLINICAL, ("appointment",), "read write", (CARE_TEAM,)),
    *_rows(_CLINICAL, ("bookable", "waiting_entry"), "read", (CARE_TEAM,)),
    *_rows(_CLINICAL, ("appointment_series", "group_place"), "write", (CARE_TEAM,)),
    *_rows(_CLINICAL, ("appointment",), "read", (FLAG_OWNER,)),
    *_rows(("supervisor",), ("appointment",), "read", (SUPERVISED, CARE_TEAM, FLAG_OWNER)),
    *_rows((*_CLINICAL, "supervisor"), ("agenda",), "read", (PRACTICE,)),
    *_rows((*_CLINICAL, "supervisor"), ("availability",), "read write", (PRACTICE,)),
    *_rows(("administrator",), ("member_availability",), "read write", (PRACTICE,)),
    *_rows(("administrator",), ("appointment_type", "place"), "write", (PRACTICE,)),
    *_rows(_EVERYONE, ("appointment_type", "place", "slot"), "read", (PRACTICE,)),
    # What the person sealed: theirs alone, and what they granted to somebody of their team.
    *_rows(("client",), ("vault_item",), "read write", (SELF,)),
    *_rows(_CLINICAL, ("vault_shared",), "read", (CARE_TEAM,)),
    # Each side of a share, of the other's keys.
    *_rows(("client",), ("key_acceptance",), "write", (SELF,)),
    *_rows(_CLINICAL, ("key_acceptance",), "write", (CARE_TEAM,)),
    # A visit is joined by the person and by the clinician whose it is (`meet.rooms` looks). To let
    # in, to finish and to note a no-show is a decision; of a group's visit, of all who lead it.
    *_rows(("client",), ("visit",), "read write", (SELF,)),
    *_rows(_CLINICAL, ("visit",), "read write", (CARE_TEAM,)),
    *_rows(_CLINICAL, ("visit_decision",), "write", (CARE_TEAM, CO_FACILITATOR)),
    *_rows(("client", *_CLINICAL), ("visit_list",), "read", (PRACTICE,)),
    # A group's room: whoever belongs to it; `meet.rooms.groups` looks.
    *_rows(("client", *_CLINICAL), ("group_room",), "read write", (PRACTICE,)),
    # Sealed threads: whoever may belong to one about this client; each view asks whether they do.
    *_rows(("client",), ("thread",), "read write", (SELF, THREAD_MEMBER)),
    *_rows(_CLINICAL, ("thread",), "read write", (CARE_TEAM, THREAD_MEMBER)),
    *_rows(("supervisor",), ("thread",), "read write", (SUPERVISED, THREAD_MEMBER)),
    *_rows(("client", *_CLINICAL, "supervisor"), ("thread_list",), "read", (PRACTICE,)),
    *_rows((*_CLINICAL, "supervisor"), ("answering",), "read write", (PRACTICE,)),
    # Progress notes: the care team's. The person sees that there are some, asks, and reads what was
    # released. Psychotherapy notes are handed to their author alone, while they treat the person.
    *_rows(_CLINICAL, ("progress_note",), "read write", (CARE_TEAM,)),
    *_rows(("supervisor",), ("progress_note",), "read", (SUPERVISED, CARE_TEAM)),
    *_rows(("supervisor",), ("note_cosignature",), "write", (SUPERVISED,)),
    *_rows(("supervisor",), ("note_cosignature",), "read", (PRACTICE,)),
    *_rows(_CLINICAL, ("note_facts",), "read", (CARE_TEAM,)),
    *_rows(("client",), ("note_copy",), "read write", (SELF,)),
    *_rows(_CLINICAL, ("psychotherapy_note",), "read write", (CARE_TEAM,)),
    # The companion: a conversation is the person's alone; that somebody is an adult after all, who
    # treats them says. What teams are told is the practice's policy, for everybody to read. Flows
    # are read, commented and switched by who answers for what they say.
    *_rows(("client",), ("companion",), "write", (SELF,)),
    *_rows(("client",), ("passage",), "read write", (SELF,)),
    *_rows(("client",), ("look",), "write", (SELF,)),
    *_rows(_CLINICAL, ("companion_adult",), "read write", (CARE_TEAM,)),
    *_rows(_EVERYONE, ("companion_policy",), "read", (PRACTICE,)),
    *_rows(("administrator",), ("companion_policy",), "write", (PRACTICE,)),
    *_rows(("client", *_CLINICAL, "supervisor"), ("companion_worksheet",), "read", (PRACTICE,)),
    *_rows(("administrator",), ("companion_model",), "read write", (PRACTICE,)),
    *_rows(
        (*_CLINICAL, "supervisor", "administrator"), ("companion_flow",), "read write", (PRACTICE,)
    ),
    # Words for the person's safety plan, sealed to them: theirs to take over or not.
    *_rows(_CLINICAL, ("plan_proposal",), "write", (CARE_TEAM,)),
    # What clinicians offer is everybody's to read; that a licence holds, an administrator says.
    # What a person looks for is theirs, and their team's to read; whom they look at is theirs.
    *_rows(_EVERYONE, ("clinician_profile",), "read", (PRACTICE,)),
    *_rows((*_CLINICAL, "supervisor"), ("own_profile",), "read write", (PRACTICE,)),
    *_rows(("administrator",), ("licence_check",), "read write", (PRACTICE,)),
    *_rows(("client",), ("intake", "match"), "read write", (SELF,)),
    *_rows(_CLINICAL, ("intake",), "read", (CARE_TEAM,)),
    *_rows((*_CLINICAL, "supervisor"), ("enquiry",), "read write", (PRACTICE,)),
    # Group programmes: made by who leads them (each view asks whether they do) or by whoever runs
    # the practice, who sees none of its people; asked for, agreed to and left by the person.
    *_rows((*_CLINICAL, "supervisor", "administrator"), ("programme",), "read write", (PRACTICE,)),
    *_rows((*_CLINICAL, "supervisor"), ("programme_roster",), "read write", (PRACTICE,)),
    *_rows(("client",), ("programme_place",), "read write", (SELF,)),
    # Peer support: what somebody asks and hears is theirs; neither side learns who the other is.
    # What they agreed to share goes to who treats them. Reports are read by who moderates.
    *_rows(("client",), ("peer_chat", "listening"), "read write", (SELF,)),
    *_rows(_CLINICAL, ("peer_hand_over",), "read", (CARE_TEAM, FLAG_OWNER)),
    *_rows(("supervisor",), ("peer_hand_over",), "read", (SUPERVISED, CARE_TEAM, FLAG_OWNER)),
    *_rows(("administrator",), ("listener_badge",), "read write", (PRACTICE,)),
    *_rows(("administrator", "supervisor"), ("peer_report",), "read write", (PRACTICE,)),
    # How appointments went, counted: one's own and the practice's. Room for people: one's own.
    *_rows((*_CLINICAL, "supervisor", "administrator"), ("attendance",), "read", (PRACTICE,)),
    *_rows((*_CLINICAL, "supervisor", "administrator"), ("capacity",), "read", (PRACTICE,)),
    *_rows((*_CLINICAL, "supervisor"), ("capacity",), "write", (PRACTICE,)),
    # Money: fees, the scale and the letterhead are the practice's; what is charged to a person and
    # what they agreed on, their care team's and theirs to read. An administrator sees numbers and
    # sums of documents, and no names.
    *_rows(("administrator",), ("billing_terms",), "write", (PRACTICE,)),
    *_rows((*_CLINICAL, "administrator"), ("billing_terms",), "read", (PRACTICE,)),
    *_rows(("administrator",), ("invoice_journal",), "read", (PRACTICE,)),
    *_rows(("client",), ("invoice", "fee_agreement"), "read", (SELF,)),
    *_rows(_CLINICAL, ("invoice", "fee_agreement", "charge"), "read write", (CARE_TEAM,)),
    # Each attempt to reach the person: theirs to see, and their team's.
    *_rows(("client",), ("delivery",), "read", (SELF,)),
    *_rows(_CLINICAL, ("delivery",), "read", (CARE_TEAM, FLAG_OWNER)),
    *_rows(("supervisor",), ("delivery",), "read", (SUPERVISED, CARE_TEAM, FLAG_OWNER)),
    # The care team reads what the person measured and plans with them.
    *_rows(
        _CLINICAL,
        ("client", "response", "progress", "today", "safety_plan", "consent", "overview"),
        "read",
        (CARE_TEAM, FLAG_OWNER),
    ),
    *_rows(_CLINICAL, ("life_event", "medication"), "read write", (CARE_TEAM,)),
    *_rows(_CLINICAL, ("life_event", "medication"), "read", (FLAG_OWNER,)),
    *_rows(_CLINICAL, ("encounter", "assignment"), "read write", (CARE_TEAM,)),
    *_rows(_CLINICAL, ("encounter", "assignment"), "read", (FLAG_OWNER,)),
    *_rows(_CLINICAL, ("client",), "write", (CARE_TEAM,)),
    *_rows(_CLINICAL, ("care_team", "flag_status"), "read", (CARE_TEAM, FLAG_OWNER)),
    *_rows(_CLINICAL, ("export",), "read", (CARE_TEAM,)),
    # Flags: whoever treats the person or owns the flag acts on it.
    *_rows((*_CLINICAL, "supervisor"), ("flag",), "read write", (CARE_TEAM, FLAG_OWNER)),
    # Whoever answered for a closed flag keeps reading its page, and nothing else of the person.
    *_rows((*_CLINICAL, "supervisor"), ("flag",), "read", (FLAG_HANDLED,)),
    *_rows((*_CLINICAL, "supervisor"), ("flag_list", "caseload"), "read", (PRACTICE,)),
    # A supervisor reads what the supervisee's team reads, and what a flag that came to them needs.
    *_rows(
        ("supervisor",),
        (
            "client",
            "response",
            "progress",
            "today",
            "safety_plan",
            "overview",
            "life_event",
            "medication",
            "encounter",
            "assignment",
            "care_team",
            "flag_status",
            "flag",
        ),
        "read",
        (SUPERVISED, CARE_TEAM, FLAG_OWNER),
    ),
    # The administrator runs the practice and reads nobody's health data.
    *_rows(
        ("administrator",),
        (
            "practice",
            "people",
            "invitation",
            "monitored_hours",
            "on_call",
            "crisis_line",
            "readiness",
            "instrument_terms",
        ),
        "read write",
        (PRACTICE,),
    ),
    *_rows(("administrator",), ("audit", "flag_statistics", "departure"), "read", (PRACTICE,)),
    # What passes to a colleague: names and due times.
    *_rows(("administrator",), ("handing_over",), "read", (PRACTICE,)),
    *_rows(("administrator",), ("retention",), "read write", (PRACTICE,)),
    *_rows(("administrator",), ("care_team",), "read write", (PRACTICE,)),
    *_rows(("administrator",), ("client_record",), "read write", (PRACTICE,)),
    *_rows(_CLINICAL, ("client_record",), "write", (PRACTICE,)),
    *_rows(_CLINICAL, ("invitation",), "write", (PRACTICE,)),
    *_rows((*_CLINICAL, "supervisor"), ("flag_statistics", "people"), "read", (PRACTICE,)),
    # Everyone in the practice. Which topics, their kinds say (`core.fanout`).
    *_rows(_EVERYONE, ("topic",), "write", (PRACTICE,)),
    *_rows(_EVERYONE, ("instrument", "notification"), "read", (PRACTICE,)),
    *_rows(_EVERYONE, ("notification",), "write", (PRACTICE,)),
    # One's own calendar; an account elsewhere is connected by whoever appointments are with.
    *_rows(_EVERYONE, ("calendar",), "read write", (PRACTICE,)),
    *_rows((*_CLINICAL, "supervisor"), ("calendar_account",), "write", (PRACTICE,)),
    *_rows(("clinician", "prescriber", "supervisor"), ("crisis_line",), "read", (PRACTICE,)),
    *_rows(("clinician", "prescriber", "supervisor"), ("monitored_hours",), "read", (PRACTICE,)),
)

RESOURCES = frozenset(grant.resource for grant in TABLE)


def allows(role: str, resource: str, action: str, relationship: str) -> bool:
    """Whether one role in one relationship may do one action."""
    return any(
        grant.role == role
        and grant.resource == resource
        and action in grant.actions
        and relationship in grant.relationships
        for grant in TABLE
    )
