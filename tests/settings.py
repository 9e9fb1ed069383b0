"""Settings of the tests: the real ones, quicker, and in a folder of their own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Settings read the environment when they are imported, so it is set before. The first process
# makes the folder and removes it at its end; workers started by it inherit the variable.
if "KARYABINA_TEST_DATA" not in os.environ:
    os.environ["KARYABINA_TEST_DATA"] = tempfile.mkdtemp(prefix="karyabina-test-")
    atexit.register(shutil.rmtree, os.environ["KARYABINA_TEST_DATA"], ignore_errors=True)
os.environ["KARYABINA_DATA"] = os.environ["KARYABINA_TEST_DATA"]
os.environ["KARYABINA_SECRET_KEY"] = "only-for-tests"
os.environ["KARYABINA_DEMO"] = "1"  # so that the demonstration's pages are walked as well
for name in (
    "KARYABINA_DEBUG", "KARYABINA_TLS", "KARYABINA_HOSTS", "KARYABINA_SECOND_FACTOR",
    "KARYABINA_SEAL_KEY", "KARYABINA_SEAL_KEY_LOST",
):  # fmt: skip
    os.environ.pop(name, None)

from karyabina.config.settings import *  # noqa: E402, F403
from karyabina.config.settings import DATABASES, STATIC_ROOT, STORAGES  # noqa: E402

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns where it is missing
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# A file, because threads that race need connections of their own; an in-memory database is one
# connection for all. (Workers get their number appended.)
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {
        "NAME": str(Path(os.environ["KARYABINA_TEST_DATA"]) / "test.sqlite3")
    }
