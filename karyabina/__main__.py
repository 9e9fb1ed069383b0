"""`python -m karyabina COMMAND`: the management commands, as `./run karya COMMAND` calls them."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "karyabina.config.settings")
    try:
        execute_from_command_line(["karya", *sys.argv[1:]])
    except ImproperlyConfigured as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    main()
