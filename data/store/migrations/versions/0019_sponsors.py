"""Sponsors: the day on which a member agreed to be asked as the sponsor of a newcomer."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the day. Nobody named a sponsor before: no screen did."""
    op.add_column("application", sa.Column("sponsor_agreed_on", sa.Date(), nullable=True))
