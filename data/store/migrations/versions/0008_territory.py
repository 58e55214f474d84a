"""Which territory a database is about: it is refused to another one."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; they are filled by the territory that next opens the database."""
    op.add_column("meta", sa.Column("territory", sa.Text(), nullable=True))
    op.add_column("meta", sa.Column("territory_name", sa.Text(), nullable=True))
