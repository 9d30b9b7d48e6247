from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("authorisation", "0017_earlier_letters")]

    operations = [
        migrations.AddField(
            model_name="plannedact",
            name="breach",
            field=models.ForeignKey(
                null=True,
                on_delete=models.deletion.PROTECT,
                related_name="acts",
                to="authorisation.obligationfinding",
            ),
        ),
    ]
