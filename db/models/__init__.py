"""The tables."""

from db.models.case import (
    Case,
    CaseCount,
    CaseEvent,
    Clock,
    ClockEntry,
    ContactPoint,
    DeskVersion,
    Identity,
    Person,
    SourceRecord,
    Submission,
)
from db.models.post import Attachment, Callback, Draft, Message, Outgoing
from db.models.staff import Attempt, Clerk, ClerkDepartment, StaffSession
from db.models.town import Category, CategoryGroup, Department, Neighbourhood, Surrounding, TownDay, TownFact

__all__ = [
    "Attachment",
    "Attempt",
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
    "Identity",
    "Message",
    "Neighbourhood",
    "Outgoing",
    "Person",
    "SourceRecord",
    "StaffSession",
    "Submission",
    "Surrounding",
    "TownDay",
    "TownFact",
]
