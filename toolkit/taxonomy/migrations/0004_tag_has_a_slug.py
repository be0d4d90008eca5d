"""No tag without a slug: those of signs alone had none, and searches that counted them ended."""

from django.db import migrations, models

from toolkit.taxonomy.terms import slug_of


def name_the_nameless(apps, schema_editor):
    tags = apps.get_model("taxonomy", "EntryTag").objects
    taken = set(tags.values_list("slug", flat=True))
    for tag in tags.filter(slug="") | tags.filter(slug__regex=r"^_\d+$"):
        slug = wanted = slug_of(tag.name)
        number = 0
        while slug in taken:
            number += 1
            slug = f"{wanted}_{number}"
        taken.add(slug)
        tags.filter(pk=tag.pk).update(slug=slug)


class Migration(migrations.Migration):
    dependencies = [("taxonomy", "0003_attachment_in_a_draft")]

    operations = [
        migrations.RunPython(name_the_nameless, migrations.RunPython.noop),
        migrations.AddConstraint(
            "entrytag",
            models.CheckConstraint(condition=~models.Q(slug=""), name="tag_has_a_slug"),
        ),
    ]
