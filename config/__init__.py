"""Settings, URLs, Celery, and the wiring of effects to their handlers."""

from config.celery import app as celery_app

__all__ = ("celery_app",)
