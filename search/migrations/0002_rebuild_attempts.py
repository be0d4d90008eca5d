from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("search", "0001_initial"),
    ]

    operations = [
        migrations.RemoveField(model_name="indexstate", name="rebuilding_since"),
        migrations.AddField(
            model_name="indexstate",
            name="attempts",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="indexstate",
            name="attempted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="indexstate",
            name="error",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
    ]
