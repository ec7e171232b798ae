"""The drill wall in the database itself: no message, and no place in a room, of a drill for anybody outside. Only adds.

Whatever a delivery says of itself is not believed: its incident, its person and its address are looked at.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OUTSIDE = """EXISTS (SELECT 1 FROM incidents i WHERE i.id = {row}.incident_id AND i.drill)
    AND (NOT {row}.drill OR {row}.outside
      OR EXISTS (SELECT 1 FROM people p WHERE p.id = {row}.person_id AND p.kind = 'outside')
      OR EXISTS (SELECT 1 FROM identities a JOIN people p ON p.id = a.person_id
                 WHERE a.platform = {row}.platform AND a.address = {row}.address
                 AND (a.outside OR p.kind = 'outside')))"""
IN_ROOM = """EXISTS (SELECT 1 FROM rooms r JOIN incidents i ON i.id = r.incident_id WHERE r.id = {row}.room_id AND i.drill)
    AND EXISTS (SELECT 1 FROM people p WHERE p.id = {row}.person_id AND p.kind = 'outside')"""
TABLES = (("deliveries", "incident_id, person_id, platform, address, drill, outside", OUTSIDE),
          ("room_members", "room_id, person_id", IN_ROOM))  # fmt: skip
SAID = "drill_wall: a drill is for nobody outside"


def upgrade() -> None:
    """Go forward."""
    if op.get_bind().dialect.name == "sqlite":
        for table, columns, wrong in TABLES:
            for name, when in (("insert", "INSERT"), ("update", f"UPDATE OF {columns}")):
                op.execute(
                    f"CREATE TRIGGER drill_wall_{table}_{name} BEFORE {when} ON {table} "
                    f"WHEN {wrong.format(row='NEW')} BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
                )
        return
    for table, columns, wrong in TABLES:
        _guard(f"drill_wall_{table}_rows", f"{wrong.format(row='NEW')}")
        _guard(f"drill_wall_{table}", f"EXISTS (SELECT 1 FROM fresh WHERE {wrong.format(row='fresh')})")
        op.execute(  # one look at all that a statement has added, however many there are
            f"CREATE TRIGGER drill_wall_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh "
            f"FOR EACH STATEMENT EXECUTE FUNCTION drill_wall_{table}()"
        )
        op.execute(
            f"CREATE TRIGGER drill_wall_update BEFORE UPDATE OF {columns} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION drill_wall_{table}_rows()"
        )


def _guard(name: str, wrong: str) -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {wrong} THEN "
        f"RAISE EXCEPTION '{SAID}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
    )


def downgrade() -> None:
    """Go back."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, _, _ in TABLES:
        for name in ("insert", "update"):
            op.execute(f"DROP TRIGGER drill_wall_{table}_{name}" if sqlite else f"DROP TRIGGER drill_wall_{name} ON {table}")
        for function in (() if sqlite else (f"drill_wall_{table}", f"drill_wall_{table}_rows")):
            op.execute(f"DROP FUNCTION {function}()")
