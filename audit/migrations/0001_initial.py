"""The first tables: events of the trail, and salts of its commitments."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Salt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("commitment", models.CharField(max_length=64, unique=True)),
                ("salt", models.CharField(max_length=64)),
                (
                    "subject",
                    models.CharField(
                        blank=True,
                        db_index=True,
                        help_text="opaque id of the person it is about",
                        max_length=100,
                    ),
                ),
            ],
            options={
                "verbose_name": "salt",
                "verbose_name_plural": "salts",
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("format", models.PositiveSmallIntegerField(default=1)),
                ("stream", models.CharField(max_length=200)),
                ("sequence", models.PositiveBigIntegerField()),
                ("action", models.CharField(max_length=100)),
                ("from_state", models.CharField(blank=True, max_length=100)),
                ("to_state", models.CharField(blank=True, max_length=100)),
                ("actor", models.CharField(help_text="person:<public id>, system or clock", max_length=50)),
                ("office", models.CharField(blank=True, max_length=100)),
                ("reason", models.TextField(blank=True)),
                ("facts", models.TextField(default="{}", help_text="RFC 8785 canonical JSON, as text")),
                ("procedure_version", models.CharField(blank=True, max_length=100)),
                ("request_id", models.CharField(blank=True, max_length=100)),
                ("time", models.DateTimeField()),
                ("previous", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("stream", "sequence"), name="event_has_one_place_in_its_stream"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sequence__gte", 1)), name="event_sequence_starts_at_one"
                    ),
                ],
            },
        ),
    ]
