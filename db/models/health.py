"""Whether what runs beside the pages is alive."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from db.models._columns import moment


class Heartbeat(SQLModel, table=True):
    """When a process last said that it is at work."""

    __tablename__ = "heartbeat"
    name: str = Field(primary_key=True, max_length=20)
    at: datetime = moment()
