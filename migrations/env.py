"""How Alembic reaches the database: through the connection that it is handed."""

from alembic import context

from bot.storage import tables

context.configure(
    connection=context.config.attributes["connection"], target_metadata=tables.people.metadata, render_as_batch=False
)
with context.begin_transaction():
    context.run_migrations()
