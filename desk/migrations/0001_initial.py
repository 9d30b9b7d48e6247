import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("authorisation", "0003_clock_acts"),
        ("workflow", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NoticePreference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "by_mail",
                    models.BooleanField(default=True, verbose_name="send me my notices by e-mail too"),
                ),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notice_preference",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("applicant", "applicant or holder"),
                            ("desk", "desk"),
                            ("bodies", "reviewing bodies"),
                            ("decider", "deciding office"),
                            ("signers", "signing office"),
                            ("director", "director"),
                        ],
                        max_length=20,
                    ),
                ),
                ("stream", models.CharField(max_length=200)),
                ("sequence", models.PositiveBigIntegerField()),
                ("step", models.CharField(max_length=60)),
                ("until", models.DateField(null=True)),
                ("written_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="authorisation.case",
                    ),
                ),
                (
                    "mail",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflow.outboxmessage",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["person", "-id"], name="notices_of_a_person"),
                    models.Index(
                        condition=models.Q(("read_at__isnull", True)),
                        fields=["person"],
                        name="unread_notices",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "stream", "sequence"), name="one_notice_per_person_and_event"
                    )
                ],
            },
        ),
    ]
