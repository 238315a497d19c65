"""Staff and their memberships."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from optins.admin.base import ScopedAdmin
from optins.models import Membership, Organisation, User

# What staff may do follows from their membership's role, not from groups.
admin.site.unregister(Group)


@admin.register(User)
class StaffAdmin(UserAdmin):
    """Colleagues: those who share an organisation with whoever looks."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        mine = Organisation.objects.visible_to(request.user)
        colleagues = Q(memberships__organisation__in=mine) | Q(pk=request.user.pk)
        return super().get_queryset(request).filter(colleagues).distinct()


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    list_display = ("user", "role", "organisation")
    list_select_related = ("user", "organisation")
