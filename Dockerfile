# Untried with a Docker engine: tests run its commands one by one without one.
FROM python:3.11-slim AS build
WORKDIR /app
COPY requirements.txt .
RUN python -m venv /venv
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.11-slim
WORKDIR /app
COPY --from=build /venv /venv
COPY manage.py ./
COPY config config
COPY optins optins
COPY channels_capture channels_capture
COPY templates templates
COPY static static
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 STATIC_ROOT=/app/static_root
# Collecting needs settings but no secret that is used later.
RUN SECRET_KEY=build ENCRYPTION_KEYS=unused LEDGER_MAC_KEYS=unused SIGNING_KEYS=unused DATABASE_URL=sqlite:////tmp/build.sqlite3 CELERY_BROKER_URL=memory:// PUBLIC_URL=https://build.invalid python manage.py collectstatic --noinput --ignore redoc
RUN useradd --system --uid 10001 sayso
USER sayso
EXPOSE 8000
CMD ["gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
