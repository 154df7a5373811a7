"""What granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "holdfast.config.settings")


def _refuse_before_deletions_are_done_again() -> None:
    """However this process was started: a restored server answers nobody before."""
    from holdfast.core.leaving.restored import is_due

    if is_due():
        raise SystemExit("Deletions since the backup are to be done again. Run: holdfast upgrade")


application = get_wsgi_application()
_refuse_before_deletions_are_done_again()
