import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authorisation", "0002_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClockAct",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "clock",
                    models.CharField(
                        choices=[
                            ("retention", "retention of a draft"),
                            ("completeness", "completeness check"),
                            ("applicant", "answer of the applicant"),
                            ("review", "review"),
                            ("decision", "decision"),
                            ("signature", "signature"),
                        ],
                        max_length=20,
                    ),
                ),
                ("run", models.PositiveSmallIntegerField()),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("remind", "reminded"),
                            ("warn", "warned"),
                            ("escalate", "passed on"),
                            ("silence", "silence of a body recorded"),
                            ("hear", "silence of the holder recorded"),
                            ("lapse", "lapsed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("about", models.CharField(blank=True, default="", max_length=100)),
                ("meaning", models.CharField(blank=True, default="", max_length=20)),
                ("day", models.DateField()),
                ("done_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clock_acts",
                        to="authorisation.case",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "clock", "run", "what", "about", "day"),
                        name="the_clock_acts_once",
                    )
                ],
            },
        ),
    ]
