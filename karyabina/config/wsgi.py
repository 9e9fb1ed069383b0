"""The door for the web server (granian): `karyabina.config.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

from karyabina.base import guards

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "karyabina.config.settings")
application = get_wsgi_application()
guards.demand()
