"""The Celery application. Tasks keep no state: they find their work in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("sayso")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
