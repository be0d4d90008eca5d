from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Lease",
            fields=[
                ("name", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("holder", models.CharField(blank=True, max_length=200)),
                ("until", models.DateTimeField()),
                ("turn", models.BigIntegerField(default=0)),
            ],
        ),
    ]
