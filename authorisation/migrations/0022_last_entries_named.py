"""Balances name the last of the entries that stand already, by its number."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Subquery


def name_last_entries(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Without the triggers, to which this is no move; they are set up again after every migration."""
    entry: Any = apps.get_model("authorisation", "Entry")
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    for side in ("line", "ceiling"):
        model: Any = apps.get_model("authorisation", side)
        table = model._meta.db_table
        schema_editor.execute(
            f"DROP TRIGGER IF EXISTS volumes_move_{table}{f' ON {table}' if on_postgresql else ''}"
        )
        last = entry.objects.filter(**{side: OuterRef("pk"), "sequence": OuterRef("entries_written")})
        model.objects.filter(entries_written__gt=0).update(last_entry=Subquery(last.values("pk")[:1]))


class Migration(migrations.Migration):
    dependencies = [("authorisation", "0021_balances_name_entries_by_number")]

    operations = [migrations.RunPython(name_last_entries, migrations.RunPython.noop)]
