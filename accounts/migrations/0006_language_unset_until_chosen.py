"""Nobody's language is English because nothing was said: it is unset until the person chooses one."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forget_the_default(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """English was given to everybody, and cannot be told from English chosen: their browsers say it still."""
    apps.get_model("accounts", "User").objects.filter(language="en").update(language="")


def restore_the_default(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What was unset was English."""
    apps.get_model("accounts", "User").objects.filter(language="").update(language="en")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_chair_and_parts_of_the_state")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="language",
            field=models.CharField(blank=True, default="", max_length=10, verbose_name="language"),
        ),
        migrations.RunPython(forget_the_default, restore_the_default),
    ]
