"""The tables."""

from db.models.case import (
    Case,
    CaseCount,
    CaseEvent,
    Clock,
    ClockEntry,
    ContactPoint,
    DeskVersion,
    Duty,
    Identity,
    Person,
    SourceRecord,
    Submission,
)
from db.models.health import Heartbeat
from db.models.law import Application, Enclosure, Letter, Series
from db.models.post import Attachment, Callback, Draft, Message, Outgoing
from db.models.staff import Attempt, Clerk, ClerkDepartment, StaffSession
from db.models.town import (
    CalendarEdition,
    Category,
    CategoryGroup,
    Department,
    Neighbourhood,
    Surrounding,
    TownDay,
    TownFact,
)

__all__ = [
    "Application",
    "Attachment",
    "Attempt",
    "CalendarEdition",
    "Callback",
    "Case",
    "CaseCount",
    "CaseEvent",
    "Category",
    "CategoryGroup",
    "Clerk",
    "ClerkDepartment",
    "Clock",
    "ClockEntry",
    "ContactPoint",
    "Department",
    "DeskVersion",
    "Draft",
    "Duty",
    "Enclosure",
    "Heartbeat",
    "Identity",
    "Letter",
    "Message",
    "Neighbourhood",
    "Outgoing",
    "Person",
    "Series",
    "SourceRecord",
    "StaffSession",
    "Submission",
    "Surrounding",
    "TownDay",
    "TownFact",
]
