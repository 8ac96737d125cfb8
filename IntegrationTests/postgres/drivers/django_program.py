"""A Django project in one file, on the database that libpq's variables name."""

import os

import django
from django.conf import settings

settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": os.environ["PGHOST"],
            "PORT": os.environ["PGPORT"],
            "USER": os.environ["PGUSER"],
            "PASSWORD": os.environ["PGPASSWORD"],
            "NAME": os.environ["PGDATABASE"],
            "CONN_MAX_AGE": 60,
        }
    },
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402  (models need the settings)
from django.core.management import call_command  # noqa: E402
from django.db import IntegrityError, connection, transaction  # noqa: E402

with connection.cursor() as cursor:
    cursor.execute("DROP SCHEMA IF EXISTS django CASCADE; CREATE SCHEMA django; SET search_path = django")

call_command("migrate", verbosity=0)
Group.objects.bulk_create(Group(name=f"group {index}") for index in range(100))
user = User.objects.create_user("somebody", password="not a secret")
user.groups.set(Group.objects.filter(name__endswith="7"))
assert User.objects.prefetch_related("groups").get().groups.count() == 10

try:
    with transaction.atomic():
        Group.objects.create(name="group 1")
    raise SystemExit("a duplicate was taken")
except IntegrityError:
    pass

with transaction.atomic():
    locked = User.objects.select_for_update().get(pk=user.pk)
    locked.first_name = "Locked"
    locked.save()
assert User.objects.get().first_name == "Locked"
assert sum(1 for _ in Group.objects.iterator(chunk_size=10)) == 100
with connection.cursor() as cursor:
    cursor.execute("DROP SCHEMA django CASCADE")
print("OK")
