"""Loads the Parties to the Paris Agreement."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from accounts.parties import load_parties


def _load(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    load_parties(apps.get_model("accounts", "Party"))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(_load, migrations.RunPython.noop)]
