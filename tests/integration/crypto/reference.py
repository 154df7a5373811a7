"""`python -m tests.integration.crypto.reference`: the list in docs/explanation/security.md anew."""

import os

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "holdfast.config.settings")
    django.setup()
    from tests.integration.crypto import at_rest

    at_rest.write()
