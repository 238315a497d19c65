from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate, pre_migrate


class OptinsConfig(AppConfig):
    name = "optins"
    default = True
    verbose_name = "Opt-ins"

    def ready(self) -> None:
        from optins import checks  # noqa: F401  registers the system checks
        from optins.models import guards

        # SQLite rebuilds a table on many schema changes and drops its triggers: put them back.
        pre_migrate.connect(guards.step_aside_for_migrations, sender=self, dispatch_uid="guards")
        post_migrate.connect(guards.install_after_migrate, sender=self, dispatch_uid="guards")


class SaysoAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "optins.admin.site.SaysoAdminSite"

    def ready(self) -> None:
        super().ready()
        # Not from the package itself: the site lives in it, and is made while it is imported.
        from optins.admin import screens  # noqa: F401
