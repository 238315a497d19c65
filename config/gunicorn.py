"""How gunicorn serves the portal in production. WEB_CONCURRENCY and WEB_THREADS size it."""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
# Threads wait for the database; processes use the cores. One connection a thread is kept open.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 30
graceful_timeout = 20
# Addresses hold no numbers, but neither are they worth a line each: the proxy logs them.
accesslog = None
max_requests = 5000
max_requests_jitter = 500
