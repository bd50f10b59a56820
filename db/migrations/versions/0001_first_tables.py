"""The first tables: town, staff, cases, post, and the search beside them."""

import sqlalchemy as sa
from alembic import op

from db.types import Document, Key, Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", Key, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.String(300), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_attempt_at"), "attempt", ["at"], unique=False)
    op.create_index("ix_attempt_counted", "attempt", ["kind", "key", "at"], unique=False)
    op.create_table(
        "category_group",
        sa.Column("id", Key, nullable=False),
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("name_tr", sa.String(120), nullable=False),
        sa.Column("name_en", sa.String(120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "clerk",
        sa.Column("id", Key, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "department",
        sa.Column("id", Key, nullable=False),
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("name_tr", sa.String(120), nullable=False),
        sa.Column("name_en", sa.String(120), nullable=False),
        sa.Column("scope_tr", sa.String(400), nullable=False),
        sa.Column("is_external", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "draft",
        sa.Column("id", Key, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("form_id", sa.String(64), nullable=False),
        sa.Column("fields", Document, nullable=False),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("form_id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index(op.f("ix_draft_changed_at"), "draft", ["changed_at"], unique=False)
    op.create_table(
        "neighbourhood",
        sa.Column("id", Key, nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("outline", Document, nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "person",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "surrounding",
        sa.Column("id", Key, nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("authority_tr", sa.String(200), nullable=False),
        sa.Column("authority_en", sa.String(200), nullable=False),
        sa.Column("outline", Document, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "town_day",
        sa.Column("id", Key, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("on"),
    )
    op.create_table(
        "town_fact",
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "case_count",
        sa.Column("department_id", Key, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["department.id"],
        ),
        sa.PrimaryKeyConstraint("department_id", "status"),
    )
    op.create_table(
        "category",
        sa.Column("id", Key, nullable=False),
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("group_id", Key, nullable=False),
        sa.Column("department_id", Key, nullable=False),
        sa.Column("name_tr", sa.String(160), nullable=False),
        sa.Column("name_en", sa.String(160), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("target_value", sa.Integer(), nullable=False),
        sa.Column("target_unit", sa.String(16), nullable=False),
        sa.Column("priority", sa.String(8), nullable=False),
        sa.Column("place", sa.String(10), nullable=False),
        sa.Column("photo", sa.String(10), nullable=False),
        sa.Column("legal_value", sa.Integer(), nullable=False),
        sa.Column("legal_unit", sa.String(16), nullable=False),
        sa.Column("legal_basis", sa.String(160), nullable=False),
        sa.Column("legal_specific", sa.Boolean(), nullable=False),
        sa.Column("identity", sa.String(10), nullable=False),
        sa.Column("external_body", sa.String(240), nullable=False),
        sa.Column("is_special", sa.Boolean(), nullable=False),
        sa.Column("on_public_map", sa.Boolean(), nullable=False),
        sa.Column("questions", Document, nullable=False),
        sa.Column("keywords", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["department.id"],
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["category_group.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_index(op.f("ix_category_department_id"), "category", ["department_id"], unique=False)
    op.create_index(op.f("ix_category_group_id"), "category", ["group_id"], unique=False)
    op.create_table(
        "clerk_department",
        sa.Column("clerk_id", Key, nullable=False),
        sa.Column("department_id", Key, nullable=False),
        sa.ForeignKeyConstraint(
            ["clerk_id"],
            ["clerk.id"],
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["department.id"],
        ),
        sa.PrimaryKeyConstraint("clerk_id", "department_id"),
    )
    op.create_index(op.f("ix_clerk_department_department_id"), "clerk_department", ["department_id"], unique=False)
    op.create_table(
        "contact_point",
        sa.Column("id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("value", sa.String(254), nullable=False),
        sa.Column("last4", sa.String(4), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_contact_point_person_id"), "contact_point", ["person_id"], unique=False)
    op.create_index("ix_contact_point_value", "contact_point", ["kind", "value"], unique=False)
    op.create_table(
        "desk_version",
        sa.Column("department_id", Key, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["department.id"],
        ),
        sa.PrimaryKeyConstraint("department_id"),
    )
    op.create_table(
        "identity",
        sa.Column("id", Key, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("external_id", sa.String(200), nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "external_id"),
    )
    op.create_index(op.f("ix_identity_person_id"), "identity", ["person_id"], unique=False)
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("clerk_id", Key, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["clerk_id"],
            ["clerk.id"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index(op.f("ix_staff_session_clerk_id"), "staff_session", ["clerk_id"], unique=False)
    op.create_table(
        "case",
        sa.Column("id", Key, nullable=False),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("subject", sa.String(160), nullable=False),
        sa.Column("category_id", Key, nullable=False),
        sa.Column("department_id", Key, nullable=False),
        sa.Column("assignee_id", Key, nullable=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.String(8), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("neighbourhood_id", Key, nullable=True),
        sa.Column("street", sa.String(160), nullable=False),
        sa.Column("place_note", sa.String(500), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("is_special", sa.Boolean(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("entered_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("due_order", Moment(), nullable=False),
        sa.Column("status_since", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("closing_reason", sa.String(40), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("bounces", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignee_id"],
            ["clerk.id"],
        ),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["category.id"],
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["department.id"],
        ),
        sa.ForeignKeyConstraint(
            ["neighbourhood_id"],
            ["neighbourhood.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reference"),
    )
    op.create_index(
        "ix_case_all_open_due",
        "case",
        ["due_order", "id"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_case_all_open_received",
        "case",
        ["received_at", "id"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index("ix_case_all_status_received", "case", ["status", "received_at", "id"], unique=False)
    op.create_index("ix_case_by_category", "case", ["category_id", "department_id", "status"], unique=False)
    op.create_index("ix_case_by_assignee", "case", ["assignee_id", "department_id", "status"], unique=False)
    op.create_index("ix_case_department_received", "case", ["department_id", "received_at", "id"], unique=False)
    op.create_index(
        "ix_case_mine",
        "case",
        ["assignee_id", "due_order", "id"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index("ix_case_by_neighbourhood", "case", ["neighbourhood_id", "department_id", "status"], unique=False)
    op.create_index(
        "ix_case_open_due",
        "case",
        ["department_id", "due_order", "id"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_case_open_received",
        "case",
        ["department_id", "received_at", "id"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index("ix_case_received", "case", ["received_at", "id"], unique=False)
    op.create_index("ix_case_status_received", "case", ["department_id", "status", "received_at", "id"], unique=False)
    op.create_table(
        "clock",
        sa.Column("id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(16), nullable=False),
        sa.Column("basis", sa.String(160), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_clock_case_id"), "clock", ["case_id"], unique=False)
    op.create_table(
        "source_record",
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("external_id", sa.String(80), nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.PrimaryKeyConstraint("source", "external_id"),
    )
    op.create_index(op.f("ix_source_record_case_id"), "source_record", ["case_id"], unique=False)
    op.create_table(
        "submission",
        sa.Column("id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=True),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("key_nonce", sa.String(32), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answers", Document, nullable=False),
        sa.Column("reply_channel", sa.String(10), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("form_id", sa.String(64), nullable=True),
        sa.Column("notice_version", sa.String(20), nullable=False),
        sa.Column("entered_by_id", Key, nullable=True),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("entered_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"],
            ["clerk.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("form_id"),
        sa.UniqueConstraint("reference"),
    )
    op.create_index(op.f("ix_submission_case_id"), "submission", ["case_id"], unique=False)
    op.create_index(op.f("ix_submission_person_id"), "submission", ["person_id"], unique=False)
    op.create_table(
        "case_event",
        sa.Column("id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("actor", sa.String(10), nullable=False),
        sa.Column("by_id", Key, nullable=True),
        sa.Column("submission_id", Key, nullable=True),
        sa.Column("status_from", sa.String(16), nullable=False),
        sa.Column("status_to", sa.String(16), nullable=False),
        sa.Column("department_from_id", Key, nullable=True),
        sa.Column("department_to_id", Key, nullable=True),
        sa.Column("assignee_to_id", Key, nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("facts", Document, nullable=False),
        sa.ForeignKeyConstraint(
            ["assignee_to_id"],
            ["clerk.id"],
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["clerk.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["department_from_id"],
            ["department.id"],
        ),
        sa.ForeignKeyConstraint(
            ["department_to_id"],
            ["department.id"],
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_case_event_case", "case_event", ["case_id", "id"], unique=False)
    op.create_table(
        "clock_entry",
        sa.Column("id", Key, nullable=False),
        sa.Column("clock_id", Key, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("act", sa.String(12), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("by_id", Key, nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["clerk.id"],
        ),
        sa.ForeignKeyConstraint(
            ["clock_id"],
            ["clock.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_clock_entry_clock_id"), "clock_entry", ["clock_id"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("submission_id", Key, nullable=True),
        sa.Column("direction", sa.String(3), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("channel_id", sa.String(200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "channel_id"),
    )
    op.create_index(op.f("ix_message_case_id"), "message", ["case_id"], unique=False)
    op.create_index(op.f("ix_message_submission_id"), "message", ["submission_id"], unique=False)
    op.create_table(
        "outgoing",
        sa.Column("id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("submission_id", Key, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(120), nullable=False),
        sa.Column("is_answer", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("next_try_at", Moment(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("failure", sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_id"),
    )
    op.create_index(op.f("ix_outgoing_case_id"), "outgoing", ["case_id"], unique=False)
    op.create_index(op.f("ix_outgoing_submission_id"), "outgoing", ["submission_id"], unique=False)
    op.create_index("ix_outgoing_waiting", "outgoing", ["state", "next_try_at"], unique=False)
    op.create_table(
        "attachment",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("draft_id", Key, nullable=True),
        sa.Column("case_id", Key, nullable=True),
        sa.Column("submission_id", Key, nullable=True),
        sa.Column("event_id", Key, nullable=True),
        sa.Column("original_name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("taken_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["draft.id"],
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["case_event.id"],
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_index(op.f("ix_attachment_case_id"), "attachment", ["case_id"], unique=False)
    op.create_index(op.f("ix_attachment_draft_id"), "attachment", ["draft_id"], unique=False)
    op.create_table(
        "callback",
        sa.Column("id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("submission_id", Key, nullable=False),
        sa.Column("outgoing_id", Key, nullable=True),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("done_by_id", Key, nullable=True),
        sa.Column("outcome", sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["done_by_id"],
            ["clerk.id"],
        ),
        sa.ForeignKeyConstraint(
            ["outgoing_id"],
            ["outgoing.id"],
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_callback_case_id"), "callback", ["case_id"], unique=False)
    op.create_index(op.f("ix_callback_done_at"), "callback", ["done_at"], unique=False)
    op.create_index(op.f("ix_callback_outgoing_id"), "callback", ["outgoing_id"], unique=False)
    op.create_index(op.f("ix_callback_submission_id"), "callback", ["submission_id"], unique=False)
    _add_search()


def downgrade() -> None:
    _drop_search()
    op.drop_index(op.f("ix_callback_submission_id"), table_name="callback")
    op.drop_index(op.f("ix_callback_outgoing_id"), table_name="callback")
    op.drop_index(op.f("ix_callback_done_at"), table_name="callback")
    op.drop_index(op.f("ix_callback_case_id"), table_name="callback")
    op.drop_table("callback")
    op.drop_index(op.f("ix_attachment_draft_id"), table_name="attachment")
    op.drop_index(op.f("ix_attachment_case_id"), table_name="attachment")
    op.drop_table("attachment")
    op.drop_index("ix_outgoing_waiting", table_name="outgoing")
    op.drop_index(op.f("ix_outgoing_submission_id"), table_name="outgoing")
    op.drop_index(op.f("ix_outgoing_case_id"), table_name="outgoing")
    op.drop_table("outgoing")
    op.drop_index(op.f("ix_message_submission_id"), table_name="message")
    op.drop_index(op.f("ix_message_case_id"), table_name="message")
    op.drop_table("message")
    op.drop_index(op.f("ix_clock_entry_clock_id"), table_name="clock_entry")
    op.drop_table("clock_entry")
    op.drop_index("ix_case_event_case", table_name="case_event")
    op.drop_table("case_event")
    op.drop_index(op.f("ix_submission_person_id"), table_name="submission")
    op.drop_index(op.f("ix_submission_case_id"), table_name="submission")
    op.drop_table("submission")
    op.drop_index(op.f("ix_source_record_case_id"), table_name="source_record")
    op.drop_table("source_record")
    op.drop_index(op.f("ix_clock_case_id"), table_name="clock")
    op.drop_table("clock")
    op.drop_index("ix_case_status_received", table_name="case")
    op.drop_index("ix_case_received", table_name="case")
    op.drop_index(
        "ix_case_open_received",
        table_name="case",
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.drop_index(
        "ix_case_open_due", table_name="case", sqlite_where=sa.text("is_open = 1"), postgresql_where=sa.text("is_open")
    )
    op.drop_index("ix_case_by_neighbourhood", table_name="case")
    op.drop_index(
        "ix_case_mine", table_name="case", sqlite_where=sa.text("is_open = 1"), postgresql_where=sa.text("is_open")
    )
    op.drop_index("ix_case_department_received", table_name="case")
    op.drop_index("ix_case_by_category", table_name="case")
    op.drop_index("ix_case_by_assignee", table_name="case")
    op.drop_index("ix_case_all_status_received", table_name="case")
    op.drop_index(
        "ix_case_all_open_received",
        table_name="case",
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.drop_index(
        "ix_case_all_open_due",
        table_name="case",
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.drop_table("case")
    op.drop_index(op.f("ix_staff_session_clerk_id"), table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_index(op.f("ix_identity_person_id"), table_name="identity")
    op.drop_table("identity")
    op.drop_table("desk_version")
    op.drop_index("ix_contact_point_value", table_name="contact_point")
    op.drop_index(op.f("ix_contact_point_person_id"), table_name="contact_point")
    op.drop_table("contact_point")
    op.drop_index(op.f("ix_clerk_department_department_id"), table_name="clerk_department")
    op.drop_table("clerk_department")
    op.drop_index(op.f("ix_category_group_id"), table_name="category")
    op.drop_index(op.f("ix_category_department_id"), table_name="category")
    op.drop_table("category")
    op.drop_table("case_count")
    op.drop_table("town_fact")
    op.drop_table("town_day")
    op.drop_table("surrounding")
    op.drop_table("person")
    op.drop_table("neighbourhood")
    op.drop_index(op.f("ix_draft_changed_at"), table_name="draft")
    op.drop_table("draft")
    op.drop_table("department")
    op.drop_table("clerk")
    op.drop_table("category_group")
    op.drop_index("ix_attempt_counted", table_name="attempt")
    op.drop_index(op.f("ix_attempt_at"), table_name="attempt")
    op.drop_table("attempt")


def _add_search() -> None:
    op.create_table(
        "case_search",
        sa.Column("case_id", Key, sa.ForeignKey("case.id"), primary_key=True, autoincrement=False),
        sa.Column("words", sa.Text(), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE INDEX ix_case_search_words ON case_search USING gin (to_tsvector('simple', words))")
        return
    op.execute(
        "CREATE VIRTUAL TABLE case_fts"
        " USING fts5(words, content='case_search', content_rowid='case_id', tokenize='ascii')"
    )
    op.execute(
        "CREATE TRIGGER case_search_added AFTER INSERT ON case_search BEGIN"
        " INSERT INTO case_fts (rowid, words) VALUES (new.case_id, new.words); END"
    )
    op.execute(
        "CREATE TRIGGER case_search_changed AFTER UPDATE ON case_search BEGIN"
        " INSERT INTO case_fts (case_fts, rowid, words) VALUES ('delete', old.case_id, old.words);"
        " INSERT INTO case_fts (rowid, words) VALUES (new.case_id, new.words); END"
    )
    op.execute(
        "CREATE TRIGGER case_search_removed AFTER DELETE ON case_search BEGIN"
        " INSERT INTO case_fts (case_fts, rowid, words) VALUES ('delete', old.case_id, old.words); END"
    )


def _drop_search() -> None:
    if op.get_bind().dialect.name != "postgresql":
        op.execute("DROP TABLE case_fts")
    op.drop_table("case_search")
