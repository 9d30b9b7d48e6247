"""What was ended at once, vetting withdrawn, mandates on paper, and set-up codes of second factors."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sign_in_vetting_invitations_mandates"),
    ]

    operations = [
        migrations.CreateModel(
            name="OfficeInvitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                ("token_sha256", models.CharField(editable=False, max_length=64, unique=True)),
                ("set_up_sha256", models.CharField(editable=False, max_length=64)),
                ("invited_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "invitation to an office",
                "verbose_name_plural": "invitations to offices",
                "ordering": ["invited_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SetUpCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code_sha256", models.CharField(editable=False, max_length=64)),
                ("issued_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("redeemed_at", models.DateTimeField(blank=True, null=True)),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "set-up code",
                "verbose_name_plural": "set-up codes",
                "ordering": ["issued_at", "pk"],
            },
        ),
        migrations.AddField(
            model_name="mandate",
            name="authority",
            field=models.ForeignKey(
                blank=True,
                help_text="for a mandate on paper: towards which authority it holds",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mandates",
                to="accounts.authority",
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="confirmed at"),
        ),
        migrations.AddField(
            model_name="mandate",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="paper_dated_on",
            field=models.DateField(blank=True, null=True, verbose_name="date of the paper"),
        ),
        migrations.AddField(
            model_name="mandate",
            name="paper_reference",
            field=models.CharField(blank=True, max_length=200, verbose_name="reference of the paper"),
        ),
        migrations.AddField(
            model_name="membership",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="ended at"),
        ),
        migrations.AddField(
            model_name="tenure",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="ended at"),
        ),
        migrations.AddField(
            model_name="vetting",
            name="withdrawal_reasons",
            field=models.TextField(blank=True, verbose_name="reasons of the withdrawal"),
        ),
        migrations.AddField(
            model_name="vetting",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="vetting",
            name="withdrawn_on",
            field=models.DateField(blank=True, null=True, verbose_name="withdrawn on"),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("authority__isnull", True), ("paper_dated_on__isnull", True), ("paper_reference", "")
                    ),
                    models.Q(
                        ("authority__isnull", False),
                        ("paper_dated_on__isnull", False),
                        models.Q(("paper_reference", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="mandate_on_paper_names_the_paper",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                    models.Q(
                        ("authority__isnull", False),
                        ("confirmed_at__isnull", False),
                        ("confirmed_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="mandate_on_paper_confirmed_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at__isnull", True), ("ends_on__isnull", False), _connector="OR"),
                name="membership_ended_at_once_has_a_last_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="tenure",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at__isnull", True), ("ends_on__isnull", False), _connector="OR"),
                name="tenure_ended_at_once_has_a_last_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="vetting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("withdrawal_reasons", ""),
                        ("withdrawn_by__isnull", True),
                        ("withdrawn_on__isnull", True),
                    ),
                    models.Q(
                        ("outcome", "accepted"),
                        ("withdrawn_by__isnull", False),
                        ("withdrawn_on__isnull", False),
                        models.Q(("withdrawal_reasons", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="vetting_withdrawn_with_reasons",
            ),
        ),
        migrations.AddField(
            model_name="officeinvitation",
            name="accepted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="officeinvitation",
            name="office",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="accounts.office"
            ),
        ),
        migrations.AddField(
            model_name="setupcode",
            name="issued_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="setupcode",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="set_up_codes",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="officeinvitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accepted_at__isnull", True), ("accepted_by__isnull", True)),
                    models.Q(
                        ("accepted_at__isnull", False),
                        ("accepted_by__isnull", False),
                        ("withdrawn_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="office_invitation_accepted_by_somebody_or_withdrawn",
            ),
        ),
        migrations.AddConstraint(
            model_name="setupcode",
            constraint=models.UniqueConstraint(
                condition=models.Q(("redeemed_at__isnull", True), ("replaced_at__isnull", True)),
                fields=("person",),
                name="one_open_set_up_code",
            ),
        ),
    ]
