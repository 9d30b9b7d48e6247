"""Serves the bare view and nothing else: the product's settings and database, and no middleware."""

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
# Only now: applications that are installed insist on their middleware.
settings.MIDDLEWARE = []
settings.ROOT_URLCONF = "bench.bare"
application = WSGIHandler()
