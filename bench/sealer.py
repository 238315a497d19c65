"""Seals every organisation's ledger as the timetable does, until it is ended: ``python -m bench.sealer``."""

import os
import time


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from django.conf import settings

    from optins import tasks

    every = float(str(settings.CELERY_BEAT_SCHEDULE["seal-ledgers"]["schedule"]))
    while True:
        begun = time.monotonic()
        tasks.seal_ledgers()
        print("sealed", flush=True)
        time.sleep(max(0.0, every - (time.monotonic() - begun)))


if __name__ == "__main__":
    main()
