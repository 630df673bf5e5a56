"""The worker: Celery tasks, provisioning and the client of the hosting provider."""
