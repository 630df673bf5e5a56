"""django-eventstream with its own storage, in SQLite, behind an ASGI server."""

import json
import os

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="conformance",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django_eventstream"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["DATABASE"],
            "OPTIONS": {"timeout": 30, "transaction_mode": "IMMEDIATE"},
        }
    },
    EVENTSTREAM_STORAGE_CLASS="django_eventstream.storage.DjangoModelStorage",
    DATA_UPLOAD_MAX_MEMORY_SIZE=None,
    USE_TZ=True,
)
django.setup()

from django.core.asgi import get_asgi_application  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from django_eventstream import send_event  # noqa: E402

call_command("migrate", verbosity=0)


@csrf_exempt
def publish(request):
    told = json.loads(request.body)
    send_event("test", told.get("event") or "message", told["text"], json_encode=False)
    return HttpResponse(status=204)


urlpatterns = [
    path("events/", include("django_eventstream.urls"), {"channels": ["test"]}),
    path("publish", publish),
]
app = get_asgi_application()
