import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_chair_and_parts_of_the_state"),
        ("authorisation", "0006_supporting_documents"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProcedureVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.CharField(max_length=40, unique=True)),
                ("in_force_from", models.DateField()),
                ("text", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("loaded_by", models.CharField(max_length=60)),
                ("loaded_at", models.DateTimeField()),
                ("event", models.CharField(max_length=64)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="procedure_versions",
                        to="accounts.authority",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.AddConstraint(
            model_name="procedureversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="procedure_with_a_text"
            ),
        ),
    ]
