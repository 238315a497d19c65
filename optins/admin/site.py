from django.contrib.admin import AdminSite


class SaysoAdminSite(AdminSite):
    """The staff's portal."""

    site_header = "Sayso"
    site_title = "Sayso"
    index_title = "Home"
