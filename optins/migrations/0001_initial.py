import django.contrib.auth.models
import django.contrib.auth.validators
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import optins.models.base
import optins.models.channel
import optins.models.language
import optins.models.organisation
import optins.models.request
import uuid
import uuid6
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(unique=True)),
                (
                    "name",
                    models.CharField(
                        help_text="As people know it; every notice names it.",
                        max_length=80,
                        verbose_name="display name",
                    ),
                ),
                (
                    "names",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text='By language, each form that may stand in a notice: {"ar": ["عيادة ريفرسايد"]}',
                        verbose_name="name in other languages",
                    ),
                ),
                ("legal_name", models.CharField(blank=True, max_length=200)),
                ("postal_address", models.TextField(blank=True)),
                (
                    "contact",
                    models.CharField(
                        blank=True, help_text="Whom people can ask: e-mail or telephone.", max_length=200
                    ),
                ),
                (
                    "contact_person",
                    models.CharField(
                        blank=True,
                        help_text="Who answers for people's data, by name or office; some laws ask for one.",
                        max_length=200,
                    ),
                ),
                ("privacy_url", models.URLField(blank=True, verbose_name="privacy notice")),
                ("country", models.CharField(help_text="ISO 3166 alpha-2, e.g. ZA", max_length=2)),
                ("time_zone", models.CharField(default="UTC", max_length=64)),
                (
                    "languages",
                    models.JSONField(default=list, help_text="Language codes, the usual one first."),
                ),
                (
                    "brand_colour",
                    models.CharField(
                        default="#155e63",
                        max_length=7,
                        validators=[django.core.validators.RegexValidator("^#[0-9a-fA-F]{6}$")],
                    ),
                ),
                (
                    "ip_policy",
                    models.CharField(
                        choices=[
                            ("none", "Do not keep"),
                            ("truncated", "Keep without its last part"),
                            ("full", "Keep"),
                        ],
                        default="none",
                        max_length=10,
                    ),
                ),
                (
                    "ip_kept_days",
                    models.PositiveSmallIntegerField(default=90, verbose_name="days that addresses are kept"),
                ),
                (
                    "evidence_kept_days",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="After it was recorded, and always while a consent rests on it. Empty: no limit.",
                        null=True,
                        verbose_name="days that evidence is kept",
                    ),
                ),
                (
                    "rule_overlay",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text='Stricter than the law asks, never looser: {"consent.expiry_months": 24}',
                        verbose_name="own rules",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("name",),
                "permissions": (
                    ("use_admin", "Can use the admin"),
                    ("see_numbers", "Can see numbers unmasked"),
                    ("see_evidence", "Can see evidence"),
                    ("export", "Can export"),
                    ("import", "Can upload files of consents"),
                    ("approve", "Can approve and decide"),
                    ("record_withdrawal", "Can record a withdrawal on somebody's behalf"),
                    ("capture", "Can collect consent at the desk"),
                ),
            },
        ),
        migrations.CreateModel(
            name="OrganisationKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("digest", "Digests of events, codes and addressees"),
                            ("suppression", "Digests of suppressed numbers"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "secret",
                    optins.models.base.EncryptedTextField(default=optins.models.organisation._new_secret),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keys",
                        to="optins.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("use", "digest")),
                        fields=("organisation",),
                        name="one_digest_key_per_organisation",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined"),
                ),
                (
                    "phone",
                    models.CharField(
                        blank=True,
                        help_text="Their own WhatsApp number: it never confirms a capture they made.",
                        max_length=16,
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "abstract": False,
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("manager", "Manager: channels, notices, QR codes"),
                            ("reviewer", "Reviewer: approves"),
                            ("agent", "Agent: captures only"),
                            ("auditor", "Auditor: reads, sees evidence"),
                            ("viewer", "Viewer: reads, numbers masked"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="optins.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "organisation"), name="one_role_per_user_and_organisation"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("scopes", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_keys",
                        to="optins.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "API key",
            },
        ),
        migrations.CreateModel(
            name="ApiIdempotency",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(help_text="Digest of the Idempotency-Key.", max_length=64)),
                ("request_digest", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.JSONField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "api_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="optins.apikey"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("api_key", "key"), name="one_answer_per_idempotency_key")
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("viewed", "Saw"),
                            ("looked_up", "Looked up"),
                            ("exported", "Exported"),
                            ("changed", "Changed"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("imported", "Imported"),
                            ("withdrew", "Recorded a withdrawal"),
                            ("signed_in", "Signed in"),
                        ],
                        max_length=10,
                    ),
                ),
                ("object_type", models.CharField(blank=True, max_length=40)),
                ("object_id", models.CharField(blank=True, max_length=40)),
                (
                    "reason",
                    models.CharField(blank=True, help_text="Why, where one had to be given.", max_length=200),
                ),
                ("detail", models.JSONField(blank=True, default=dict)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="audit_entries",
                        to="optins.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "audit entries",
                "ordering": ("-at", "-pk"),
                "indexes": [models.Index(fields=["organisation", "-at"], name="audit_by_time")],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "countries",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="ISO 3166 alpha-2 codes of where its readers live; the organisation's own is always meant.",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="optins.organisation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="NoticeVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in_review", "In review"),
                            ("published", "Published"),
                            ("retired", "Retired"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                (
                    "change",
                    models.CharField(
                        choices=[
                            ("minor", "Minor: earlier consents stand"),
                            ("major", "Major: earlier consents need renewing"),
                        ],
                        default="minor",
                        max_length=5,
                    ),
                ),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "returned_because",
                    models.CharField(
                        blank=True, help_text="What whoever sent it back wants changed.", max_length=200
                    ),
                ),
                (
                    "approved_alone",
                    models.BooleanField(
                        default=False,
                        help_text="Nobody else could approve it, so its author did, a day later.",
                    ),
                ),
                ("checked", models.JSONField(blank=True, default=dict)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approver",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="optins.notice",
                    ),
                ),
            ],
            options={
                "ordering": ("notice", "-number"),
                "constraints": [
                    models.UniqueConstraint(fields=("notice", "number"), name="one_version_per_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "published")),
                        fields=("notice",),
                        name="one_published_version_per_notice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["draft", "in_review"]),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="a_published_version_says_since_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approver", None),
                            models.Q(("approver", models.F("author")), _negated=True),
                            ("approved_alone", True),
                            _connector="OR",
                        ),
                        name="another_person_approves_than_wrote_it",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeTranslation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=12)),
                ("title", models.CharField(max_length=120)),
                ("body", models.TextField(help_text="Who writes, that it is by WhatsApp, and about what.")),
                ("purposes", models.JSONField(help_text="The line beside each box, by purpose key.")),
                ("stop", models.CharField(help_text="How to stop, at any time.", max_length=300)),
                (
                    "privacy",
                    models.CharField(
                        blank=True,
                        help_text="Where the privacy notice is: with its https:// address.",
                        max_length=300,
                    ),
                ),
                (
                    "details",
                    models.TextField(
                        blank=True,
                        help_text="What else the law asks for: address, whom to ask, who gets the data.",
                    ),
                ),
                (
                    "sentence",
                    models.CharField(
                        help_text="What the person sends: {organisation} and {purposes} are filled in.",
                        max_length=200,
                    ),
                ),
                (
                    "read_by_native_speaker",
                    models.BooleanField(
                        default=False, help_text="Somebody who grew up with the language has read it."
                    ),
                ),
                ("content_hash", models.CharField(editable=False, max_length=64)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="translations",
                        to="optins.noticeversion",
                    ),
                ),
            ],
            options={
                "ordering": ("version", "language"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "language"), name="one_translation_per_language"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Purpose",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(help_text="Used by the API; it never changes.")),
                ("titles", models.JSONField(help_text='By language: {"en": "appointment reminders"}')),
                (
                    "discreet_titles",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="For a sensitive purpose: what chats and posters say instead.",
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("marketing", "Marketing"),
                            ("utility", "Utility"),
                            ("authentication", "Authentication"),
                        ],
                        max_length=14,
                        verbose_name="WhatsApp category",
                    ),
                ),
                (
                    "requires_confirmation",
                    models.BooleanField(default=True, help_text="Only the person's own message counts."),
                ),
                ("expires_after_days", models.PositiveIntegerField(blank=True, null=True)),
                ("sensitive", models.BooleanField(default=False)),
                (
                    "stops_on_loss",
                    models.BooleanField(
                        default=False,
                        help_text="E.g. messages in a pregnancy: they stop at once when somebody writes LOSS.",
                        verbose_name="stops on a loss",
                    ),
                ),
                (
                    "offered_on_loss",
                    models.BooleanField(
                        default=False,
                        help_text="Support that is offered, as a question, to somebody who wrote LOSS.",
                        verbose_name="offered on a loss",
                    ),
                ),
                (
                    "minor_may_consent_alone",
                    models.BooleanField(
                        default=False,
                        help_text="Where a law says so, and never for marketing. It counts once a second person approves.",
                        verbose_name="somebody under age may consent alone",
                    ),
                ),
                (
                    "minor_basis",
                    models.CharField(
                        blank=True,
                        help_text="Its name and section.",
                        max_length=200,
                        verbose_name="the law that says so",
                    ),
                ),
                ("minor_approved_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "minor_approved_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "minor_proposed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purposes",
                        to="optins.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ("position", "key"),
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "key"), name="one_purpose_per_key"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stops_on_loss", False), ("offered_on_loss", False), _connector="OR"
                        ),
                        name="what_stops_on_a_loss_is_not_offered_on_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minor_may_consent_alone", False),
                            models.Q(("category", "marketing"), _negated=True),
                            _connector="OR",
                        ),
                        name="nobody_under_age_consents_alone_to_marketing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minor_may_consent_alone", False),
                            models.Q(("minor_basis", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_minors_own_consent_has_its_legal_basis",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minor_approved_by__isnull", True),
                            models.Q(
                                ("minor_proposed_by__isnull", False),
                                models.Q(("minor_approved_by", models.F("minor_proposed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="nobody_approves_what_they_proposed_for_minors",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("language", models.CharField(blank=True, max_length=12)),
                (
                    "country",
                    models.CharField(
                        blank=True,
                        help_text="If they said so.",
                        max_length=2,
                        verbose_name="country of residence",
                    ),
                ),
                (
                    "age_band",
                    models.CharField(
                        blank=True,
                        choices=[("", "Unknown"), ("minor", "Under age"), ("adult", "Of age")],
                        default="",
                        max_length=5,
                    ),
                ),
                ("is_test", models.BooleanField(default=False)),
                (
                    "left_in_peace_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="From then on nobody tries to win them back.",
                        null=True,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="optins.organisation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ContactIdentifier",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "scheme",
                    models.CharField(
                        choices=[
                            ("phone", "Phone number"),
                            ("wa_id", "WhatsApp id"),
                            ("wa_bsuid", "WhatsApp business-scoped user id"),
                            ("telegram", "Telegram"),
                            ("messenger", "Messenger"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "value",
                    models.CharField(
                        help_text="Phone: E.164, in the one form that equivalent numbers share.",
                        max_length=150,
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        blank=True, help_text="The business portfolio of a BSUID.", max_length=64
                    ),
                ),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                (
                    "verified_by",
                    models.CharField(
                        blank=True, help_text="The kind of channel that proved it.", max_length=40
                    ),
                ),
                ("last_heard_at", models.DateTimeField(blank=True, null=True)),
                ("last_failed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "failing_since",
                    models.DateTimeField(
                        blank=True,
                        help_text="Nothing has reached it since, and nobody has written from it.",
                        null=True,
                    ),
                ),
                ("failures_in_row", models.PositiveSmallIntegerField(default=0)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identifiers",
                        to="optins.contact",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="optins.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "scheme", "scope", "value"), name="one_contact_per_identifier"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Sender",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField()),
                ("platform", models.SlugField()),
                (
                    "medium",
                    models.CharField(
                        choices=[("whatsapp", "WhatsApp"), ("sms", "SMS"), ("bot", "Bot")],
                        default="whatsapp",
                        help_text="SMS accounts and bots answer what came to them; the gate is about WhatsApp alone.",
                        max_length=8,
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        help_text="E.164, e.g. +27820000900; for SMS also a short code or a name, for a bot any short name.",
                        max_length=16,
                    ),
                ),
                ("display_name", models.CharField(help_text="What people see in WhatsApp.", max_length=80)),
                (
                    "portfolio",
                    models.CharField(
                        blank=True,
                        help_text="BSUIDs are the same only within it.",
                        max_length=64,
                        verbose_name="business portfolio",
                    ),
                ),
                (
                    "base_url",
                    models.URLField(
                        blank=True, help_text="Only where it is not the platform's usual address."
                    ),
                ),
                (
                    "account",
                    models.CharField(
                        blank=True,
                        help_text="The platform's own name for it, if any: phone number id, account SID, page id, user name.",
                        max_length=64,
                    ),
                ),
                ("token", optins.models.base.EncryptedTextField(blank=True)),
                ("is_active", models.BooleanField(default=True)),
                ("limits", models.JSONField(default=dict, editable=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="senders",
                        to="optins.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "WhatsApp number",
                "ordering": ("slug",),
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "slug"), name="one_sender_per_slug")
                ],
            },
        ),
        migrations.CreateModel(
            name="SenderContact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("next_attempt_at", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                (
                    "desired",
                    models.JSONField(help_text='{"opted_in": true, "opted_in_at": "2026-11-20T09:15:02Z"}'),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("pushed", models.JSONField(blank=True, null=True)),
                ("pushed_version", models.PositiveIntegerField(default=0)),
                ("pushed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "unsettled_version",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Put to the platform without a good answer: it may take effect later.",
                        null=True,
                    ),
                ),
                ("observed", models.JSONField(blank=True, null=True)),
                (
                    "lane",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "Withdrawal"), (1, "Grant"), (2, "Backfill")], default=1
                    ),
                ),
                (
                    "parked_at",
                    models.DateTimeField(
                        blank=True, help_text="The platform refused it for good: staff decide.", null=True
                    ),
                ),
                ("marketing_stopped_at", models.DateTimeField(blank=True, null=True)),
                ("marketing_resumed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "marketing_stop_parked_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="A stop that the platform reported among very many: it holds until staff decide.",
                        null=True,
                    ),
                ),
                (
                    "stopped_there_at",
                    models.DateTimeField(blank=True, help_text="The platform's own no.", null=True),
                ),
                ("last_addresses", optins.models.base.EncryptedTextField(blank=True, editable=False)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="at_senders",
                        to="optins.contact",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contacts",
                        to="optins.sender",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("version__gt", models.F("pushed_version"))),
                        fields=["sender", "lane", "next_attempt_at"],
                        name="what_senders_were_not_told",
                    ),
                    models.Index(
                        condition=models.Q(("marketing_stopped_at__isnull", False)),
                        fields=["sender", "marketing_stopped_at"],
                        name="stops_reported_by_senders",
                    ),
                    models.Index(
                        condition=models.Q(("marketing_stop_parked_at__isnull", False)),
                        fields=["sender"],
                        name="parked_stops_by_sender",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("sender", "contact"), name="one_state_per_sender_and_contact"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SenderStranger",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("marketing_stopped_at", models.DateTimeField(blank=True, null=True)),
                ("marketing_resumed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="strangers",
                        to="optins.sender",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("sender", "digest"), name="one_report_per_sender_and_stranger"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SessionWindow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="windows",
                        to="optins.contact",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="optins.sender"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("sender", "contact"), name="one_window_per_sender_and_contact"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CaptureChannel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=optins.models.channel.new_public_id,
                        editable=False,
                        max_length=32,
                        unique=True,
                    ),
                ),
                ("slug", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=80)),
                ("kind", models.SlugField()),
                ("provider", models.SlugField(blank=True)),
                ("join_words", models.JSONField(blank=True, default=list, help_text='e.g. ["JOIN"]')),
                (
                    "ask_number",
                    models.CharField(
                        choices=[
                            ("never", "Never: whoever sends the code is the person"),
                            ("optional", "If they like"),
                            ("required", "Always"),
                        ],
                        default="never",
                        max_length=8,
                    ),
                ),
                (
                    "replies",
                    models.CharField(
                        choices=[
                            ("all", "Answer everything"),
                            ("consent_only", "Answer about consent only"),
                            ("none", "Never answer"),
                        ],
                        default="consent_only",
                        max_length=12,
                    ),
                ),
                (
                    "secret",
                    optins.models.base.EncryptedTextField(
                        blank=True, help_text="What the provider signs its webhooks with."
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "refused_count",
                    models.PositiveIntegerField(
                        default=0, editable=False, help_text="Webhooks whose signature was missing or wrong."
                    ),
                ),
                (
                    "elsewhere_count",
                    models.PositiveIntegerField(
                        default=0,
                        editable=False,
                        help_text="Parts of webhooks that were for another account of the app.",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="optins.notice"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="channels",
                        to="optins.organisation",
                    ),
                ),
                ("purposes", models.ManyToManyField(related_name="+", to="optins.purpose")),
                (
                    "bot",
                    models.ForeignKey(
                        blank=True,
                        help_text="The bot's own account, which answers there. Codes go to the WhatsApp number.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="optins.sender",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="channels",
                        to="optins.sender",
                        verbose_name="WhatsApp number",
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Placement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=16, unique=True)),
                ("label", models.CharField(max_length=80)),
                (
                    "opens",
                    models.CharField(
                        choices=[
                            ("page", "The channel's page"),
                            ("whatsapp", "WhatsApp at once, with JOIN and the code filled in"),
                        ],
                        default="page",
                        help_text="WhatsApp needs no other data than WhatsApp's own. A kind without a page always opens it.",
                        max_length=8,
                    ),
                ),
                ("place", models.CharField(blank=True, max_length=80)),
                ("campaign", models.CharField(blank=True, max_length=80)),
                ("external_id", models.CharField(blank=True, max_length=80)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="placements",
                        to="optins.capturechannel",
                    ),
                ),
            ],
            options={
                "verbose_name": "source",
            },
        ),
        migrations.CreateModel(
            name="PlacementDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("openings", models.PositiveIntegerField(default=0)),
                (
                    "placement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="optins.placement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("placement", "day"), name="one_count_per_placement_and_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OptOutRegistry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(help_text="As the authority calls it.", max_length=80)),
                (
                    "listed_on",
                    models.DateField(
                        help_text="The day on which the authority made it.", verbose_name="date of the list"
                    ),
                ),
                ("numbers", models.PositiveIntegerField(default=0, editable=False)),
                ("uploaded_at", models.DateTimeField(editable=False)),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registries",
                        to="optins.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "opt-out list",
                "ordering": ("name",),
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "name"), name="one_list_per_registry")
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("consent", "May we message you?"),
                            ("was_that_you", "Was that you?"),
                            ("scope", "Which of them?"),
                            ("keep", "Keep one of them?"),
                            ("forget", "Forget you?"),
                        ],
                        default="consent",
                        max_length=12,
                    ),
                ),
                ("shown", models.CharField(blank=True, max_length=64, verbose_name="page or script version")),
                ("language", models.CharField(max_length=12)),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("code_digest", models.CharField(blank=True, max_length=64)),
                (
                    "question_id",
                    models.CharField(
                        default=optins.models.request.new_question_id,
                        editable=False,
                        max_length=20,
                        unique=True,
                    ),
                ),
                (
                    "typed_number",
                    models.CharField(
                        blank=True, help_text="Lives here alone, for 30 days after expiry.", max_length=16
                    ),
                ),
                (
                    "own_age",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="The age that the box for marketing said: “I am … or older”.",
                        null=True,
                    ),
                ),
                (
                    "filled_in",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="What the person wrote into a prescribed form; becomes evidence and goes with the number.",
                    ),
                ),
                (
                    "referral",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="What the platform said of the ad that opened the chat; becomes evidence, and goes.",
                    ),
                ),
                (
                    "client_address",
                    models.CharField(
                        blank=True,
                        help_text="As far as the organisation keeps it; goes with its own time.",
                        max_length=45,
                    ),
                ),
                ("addressee_number", models.CharField(blank=True, max_length=64)),
                ("addressee_bsuid", models.CharField(blank=True, max_length=64)),
                ("is_test", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="optins.capturechannel",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        help_text="The request that this question is about.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="optins.consentrequest",
                    ),
                ),
                (
                    "translation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="optins.noticetranslation",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="optins.organisation",
                    ),
                ),
                (
                    "placement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="optins.placement",
                    ),
                ),
                ("purposes", models.ManyToManyField(related_name="+", to="optins.purpose")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("typed_number", ""), _negated=True),
                        fields=["organisation", "typed_number"],
                        name="requests_by_number",
                    ),
                    models.Index(
                        condition=models.Q(("addressee_number", ""), _negated=True),
                        fields=["addressee_number"],
                        name="questions_by_number",
                    ),
                    models.Index(
                        condition=models.Q(("addressee_bsuid", ""), _negated=True),
                        fields=["addressee_bsuid"],
                        name="questions_by_bsuid",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("code_digest", ""), _negated=True),
                        fields=("organisation", "code_digest"),
                        name="one_request_per_code",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboundMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("next_attempt_at", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("address", models.CharField(help_text="Digits, or a BSUID.", max_length=150)),
                ("text", models.TextField()),
                ("buttons", models.JSONField(default=list, help_text='[{"id", "title"}], at most three.')),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                (
                    "expires_at",
                    models.DateTimeField(help_text="When the window in which it may be sent closes."),
                ),
                ("vendor_id", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "request",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages",
                        to="optins.consentrequest",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="optins.sender",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["sender", "next_attempt_at"],
                        name="messages_waiting",
                    ),
                    models.Index(fields=["sender", "vendor_id"], name="messages_by_vendor_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("given", "Given"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                            ("invalidated", "Invalidated"),
                            ("erased", "Erased"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "actor",
                    models.CharField(
                        choices=[
                            ("person", "The person"),
                            ("guardian", "A guardian"),
                            ("staff", "Staff"),
                            ("platform", "The platform"),
                            ("import", "An import"),
                            ("system", "Sayso"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "actor_reference",
                    models.CharField(
                        blank=True, help_text="The id of the user, key or batch.", max_length=40
                    ),
                ),
                (
                    "door",
                    models.CharField(
                        choices=[
                            ("web", "Page"),
                            ("webhook", "Webhook"),
                            ("desk", "Desk"),
                            ("admin", "Admin"),
                            ("api", "API"),
                            ("import", "Import"),
                        ],
                        max_length=7,
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=12)),
                ("jurisdiction", models.CharField(blank=True, max_length=12)),
                ("rule_packs", models.JSONField(default=dict)),
                ("occurred_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("proved", models.BooleanField(default=False)),
                ("expires_at", models.DateTimeField(null=True)),
                (
                    "voids",
                    models.CharField(
                        blank=True, help_text="The key of the grant it takes back.", max_length=64
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "–"),
                            ("stop_word", "Sent a stop word"),
                            ("said_no", "Said no"),
                            ("not_me", "Said that it was not them"),
                            ("requested", "Asked for it elsewhere"),
                            ("number_changed", "The number changed hands"),
                            ("mistake", "A mistake taken back"),
                            ("suppressed", "Was suppressed before"),
                            ("linked", "Stopped by who may be the same person"),
                            ("erasure", "Erased on request"),
                            ("registry", "Stands on an official opt-out list"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "evidence_digests",
                    models.JSONField(default=dict, help_text="Part of the evidence: its salted digest."),
                ),
                ("key", models.CharField(max_length=64)),
                ("mac", models.CharField(max_length=120)),
                ("is_test", models.BooleanField(default=False)),
                (
                    "channel",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="optins.capturechannel",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="optins.consentrequest",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="optins.contact",
                    ),
                ),
                (
                    "translation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="optins.noticetranslation",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="optins.organisation",
                    ),
                ),
                (
                    "placement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="optins.placement",
                    ),
                ),
                (
                    "purpose",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="optins.purpose",
                    ),
                ),
            ],
            options={
                "ordering": ("recorded_at", "id"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("purpose__isnull", True)),
                        fields=["contact", "-occurred_at"],
                        name="stops_of_everything",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "key"), name="one_event_per_key"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("purpose__isnull", False),
                            models.Q(("kind", "given"), _negated=True),
                            _connector="OR",
                        ),
                        name="a_grant_names_its_purpose",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("proved", False), ("actor__in", ["person", "guardian"]), _connector="OR"
                        ),
                        name="only_the_person_proves",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("proved", False), ("door", "webhook"), _connector="OR"),
                        name="proof_comes_by_a_verified_webhook",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("voids", ""), ("kind", "invalidated"), _connector="OR"),
                        name="only_an_invalidation_voids",
                    ),
                    models.CheckConstraint(
                        condition=optins.models.language.IsLanguage("language"),
                        name="a_language_is_no_other_text",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["given", "refused", "withdrawn", "invalidated", "erased"])
                        ),
                        name="an_event_is_of_a_known_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="optins.consentevent",
                    ),
                ),
                (
                    "proof",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="optins.consentevent",
                    ),
                ),
                (
                    "stop",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="optins.consentevent",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="records",
                        to="optins.contact",
                    ),
                ),
                (
                    "purpose",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="optins.purpose",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contact", "purpose"), name="one_record_per_contact_and_purpose"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RunningOut",
            fields=[],
            options={
                "verbose_name": "consent that runs out",
                "verbose_name_plural": "consents that run out",
                "proxy": True,
            },
            bases=("optins.consentrecord",),
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("shown", "What was shown"),
                            ("act", "What was done"),
                            ("address", "Where it came from"),
                        ],
                        max_length=7,
                    ),
                ),
                ("payload", models.JSONField()),
                ("salt", models.CharField(max_length=64)),
                ("retention_until", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="optins.consentevent",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "evidence",
                "constraints": [
                    models.UniqueConstraint(fields=("event", "part"), name="one_piece_of_evidence_per_part")
                ],
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("all", "Everything"),
                            ("marketing", "Marketing"),
                            ("purpose", "One purpose"),
                        ],
                        default="all",
                        max_length=9,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("erased", "Erased"),
                            ("not_me", "Not them"),
                            ("registry", "Official registry"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="stopped from"),
                ),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="optins.organisationkey",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suppressions",
                        to="optins.organisation",
                    ),
                ),
                (
                    "purpose",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="optins.purpose",
                    ),
                ),
                (
                    "registry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="suppressions",
                        to="optins.optoutregistry",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("purpose__isnull", True), ("registry__isnull", True)),
                        fields=("organisation", "digest", "scope", "reason"),
                        name="one_suppression_per_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("registry__isnull", False)),
                        fields=("registry", "digest"),
                        name="one_suppression_per_number_of_a_registry",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("registry__isnull", True),
                            models.Q(("reason", "registry"), ("scope", "marketing")),
                            _connector="OR",
                        ),
                        name="a_registry_stops_marketing_alone",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("purpose__isnull", False)),
                        fields=("organisation", "digest", "purpose", "reason"),
                        name="one_suppression_per_purpose_and_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("purpose__isnull", False), ("scope", "purpose")),
                            models.Q(
                                models.Q(("scope", "purpose"), _negated=True), ("purpose__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="a_suppression_of_a_purpose_names_it",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InboundDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("next_attempt_at", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                ("body", models.BinaryField()),
                ("headers", models.JSONField()),
                ("received_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("done", "Processed"), ("failed", "Failed")],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="optins.capturechannel",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "inbound deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["next_attempt_at"],
                        name="deliveries_waiting",
                    ),
                    models.Index(fields=["received_at"], name="deliveries_by_age"),
                ],
            },
        ),
        migrations.CreateModel(
            name="InboundMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("dedup_key", models.CharField(max_length=64)),
                (
                    "outcome",
                    models.CharField(help_text="What became of it, e.g. withdrawn or asked.", max_length=20),
                ),
                ("occurred_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="optins.capturechannel",
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages",
                        to="optins.inbounddelivery",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("channel", "dedup_key"), name="one_message_per_vendor_id")
                ],
            },
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=80)),
                (
                    "public_key",
                    models.CharField(
                        editable=False, help_text="P-256, SubjectPublicKeyInfo, base64.", max_length=200
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="registered")),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="devices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="devices",
                        to="optins.organisation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DeskCapture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(
                        default=uuid.uuid4,
                        help_text="The form's, or the entry's on a device: it counts once.",
                        unique=True,
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        blank=True, help_text="Of the entry as the device signed it.", max_length=64
                    ),
                ),
                ("noted", models.JSONField(blank=True, default=dict, help_text='{"place": "Reception"}')),
                ("captured_at", models.DateTimeField(blank=True, null=True)),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="capture",
                        to="optins.consentrequest",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "device",
                    models.ForeignKey(
                        blank=True,
                        help_text="Only offline.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="captures",
                        to="optins.device",
                    ),
                ),
                (
                    "early",
                    models.ManyToManyField(
                        help_text="Messages with the code that came before the entry.",
                        related_name="+",
                        to="optins.inboundmessage",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="EvidenceFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("media_type", models.CharField(max_length=20)),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("content", models.BinaryField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="file",
                        to="optins.consentrequest",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                (
                    "file_digest",
                    models.CharField(help_text="SHA-256 of the file as it was uploaded.", max_length=64),
                ),
                (
                    "content",
                    models.BinaryField(
                        blank=True, help_text="The file; removed 30 days after it was dealt with."
                    ),
                ),
                (
                    "mapping",
                    models.JSONField(blank=True, default=dict, help_text="Our column: the file's column."),
                ),
                (
                    "attestation",
                    models.TextField(
                        blank=True,
                        help_text="How these people agreed, and who vouches for it. A list of stops needs none.",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Being prepared"),
                            ("waiting", "Waits for approval"),
                            ("approved", "Approved, being recorded"),
                            ("done", "Recorded"),
                            ("rejected", "Rejected"),
                        ],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("counts", models.JSONField(default=dict, help_text="Rows by outcome, exact.")),
                (
                    "operator",
                    models.CharField(
                        blank=True,
                        help_text="Who ran the command, where a file came by the command line.",
                        max_length=80,
                    ),
                ),
                ("uploaded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decision_reason", models.CharField(blank=True, max_length=200)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "leased_until",
                    models.DateTimeField(blank=True, help_text="A worker is at it until then.", null=True),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="optins.capturechannel",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="import_batches",
                        to="optins.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "ordering": ("-uploaded_at",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            ("state", "rejected"),
                            models.Q(("decided_by", models.F("uploaded_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="nobody_approves_their_own_import",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "waiting"]),
                            ("decided_by__isnull", False),
                            ("uploaded_by__isnull", True),
                            _connector="OR",
                        ),
                        name="an_import_is_recorded_after_a_decision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("operator", ""), ("uploaded_by__isnull", False)),
                            models.Q(
                                ("uploaded_by__isnull", True), models.Q(("operator", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="somebody_brought_the_import",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(help_text="The line in the file; the heading is line 1."),
                ),
                (
                    "foreseen",
                    models.CharField(
                        choices=[
                            ("new", "New contact"),
                            ("changed", "Changed"),
                            ("unchanged", "Nothing new"),
                            ("kept_withdrawn", "Kept withdrawn"),
                            ("duplicate", "Stands in the file twice"),
                            ("refused", "Refused"),
                        ],
                        help_text="What the preview said.",
                        max_length=14,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("new", "New contact"),
                            ("changed", "Changed"),
                            ("unchanged", "Nothing new"),
                            ("kept_withdrawn", "Kept withdrawn"),
                            ("duplicate", "Stands in the file twice"),
                            ("refused", "Refused"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "problem",
                    models.CharField(
                        blank=True, help_text="Why, where there is more to say.", max_length=300
                    ),
                ),
                ("recorded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="optins.importbatch",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="optins.contact",
                    ),
                ),
            ],
            options={
                "ordering": ("batch", "number"),
                "indexes": [models.Index(fields=["batch", "outcome"], name="rows_by_outcome")],
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "number"), name="one_outcome_per_line")
                ],
            },
        ),
        migrations.CreateModel(
            name="HeldBack",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "is_whole",
                    models.BooleanField(
                        default=True,
                        help_text="Of a request: all in it is theirs, not only what they answered.",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "batch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="optins.importbatch",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="held_back",
                        to="optins.contact",
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="optins.inbounddelivery",
                    ),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="optins.evidence",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="optins.organisation",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="optins.consentrequest",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "held back",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("evidence__isnull", False),
                            ("delivery__isnull", False),
                            ("request__isnull", False),
                            ("batch__isnull", False),
                            _connector="OR",
                        ),
                        name="something_is_held_back",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EvidenceRemoval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("shown", "What was shown"),
                            ("act", "What was done"),
                            ("address", "Where it came from"),
                            ("file", "The photo of a form"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("time", "Its time was over"),
                            ("erased", "The person was erased"),
                            ("named", "It named somebody who was erased"),
                        ],
                        max_length=6,
                    ),
                ),
                ("removed_at", models.DateTimeField()),
                ("mac", models.CharField(max_length=120)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="removals",
                        to="optins.consentevent",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("event", "part"), name="one_removal_per_part")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("link", "Are these two the same person?"),
                            ("unsure", "A message that may be a stop"),
                            ("codes", "One number sent several codes made for others"),
                        ],
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decision", models.CharField(blank=True, max_length=20)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="review_items",
                        to="optins.contact",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_items",
                        to="optins.organisation",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="optins.contact",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "link")),
                        fields=("contact", "other"),
                        name="one_proposal_per_pair",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DataSubjectRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("access", "See what is kept"),
                            ("correct", "Correct something"),
                            ("erase", "Erase everything"),
                            ("object", "Object to messages"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "came_by",
                    models.CharField(
                        choices=[("chat", "Chat"), ("page", "Own page"), ("staff", "Staff")], max_length=5
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("approved", "Approved, being carried out"),
                            ("done", "Done"),
                            ("refused", "Refused"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                (
                    "rule_pack",
                    models.CharField(
                        blank=True, help_text="The pack that the due date is from.", max_length=40
                    ),
                ),
                (
                    "identity_check",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Not checked yet"),
                            ("own_message", "Wrote from this very number"),
                            ("called_back", "Called back on this number"),
                            ("document", "Showed a document"),
                            ("known", "Known in person"),
                        ],
                        max_length=11,
                    ),
                ),
                ("identity_checked_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "refusal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "–"),
                            ("not_identified", "Could not show who they are"),
                            ("legal_hold", "A legal hold forbids it"),
                            ("nothing_kept", "Nothing is kept about them"),
                            ("taken_back", "They took it back"),
                        ],
                        max_length=14,
                    ),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="data_subject_requests",
                        to="optins.contact",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "identity_checked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="data_subject_requests",
                        to="optins.organisation",
                    ),
                ),
                (
                    "farewell",
                    models.ForeignKey(
                        blank=True,
                        help_text="The last reply to somebody who is erased; removed when it was sent.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="optins.outboundmessage",
                    ),
                ),
            ],
            options={
                "ordering": ("due_at",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "refused"]),
                            models.Q(("identity_check", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="identity_is_checked_before_anything_is_done",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True),
                            models.Q(("refusal", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_refusal_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        help_text="The matter, by its number; no name, nothing about health.", max_length=200
                    ),
                ),
                ("placed_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legal_holds",
                        to="optins.contact",
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legal_holds",
                        to="optins.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            models.Q(("approved_by", models.F("placed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="nobody_approves_their_own_hold",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SealLease",
            fields=[
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="optins.organisation",
                    ),
                ),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("size", models.PositiveBigIntegerField(help_text="Events under this head.")),
                ("root", models.CharField(help_text="RFC 9162 root hash, SHA-256 in hex.", max_length=64)),
                (
                    "frontier",
                    models.JSONField(
                        help_text="Roots of the full subtrees, largest first: what the next seal grows on."
                    ),
                ),
                ("sealed_at", models.DateTimeField()),
                ("key_id", models.CharField(max_length=40)),
                ("signature", models.CharField(help_text="Ed25519 over the head, in hex.", max_length=128)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seals",
                        to="optins.organisation",
                    ),
                ),
                (
                    "previous",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="next",
                        to="optins.seal",
                    ),
                ),
            ],
            options={
                "ordering": ("size",),
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "size"), name="one_seal_per_size"),
                    models.UniqueConstraint(
                        condition=models.Q(("previous__isnull", True)),
                        fields=("organisation",),
                        name="one_first_seal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size__gt", 0)), name="a_seal_covers_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SealedEvent",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="sealed",
                        serialize=False,
                        to="optins.consentevent",
                    ),
                ),
                ("position", models.PositiveBigIntegerField(help_text="From 0, in the order of sealing.")),
                (
                    "leaf",
                    models.CharField(
                        help_text="RFC 9162 leaf hash of the event's canonical bytes, in hex.", max_length=64
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="optins.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "position"), name="one_event_per_position"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HeadExport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("next_attempt_at", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                (
                    "target",
                    models.CharField(choices=[("file", "File"), ("webhook", "Webhook")], max_length=7),
                ),
                ("exported_at", models.DateTimeField(blank=True, null=True)),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="exports", to="optins.seal"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("seal", "target"), name="one_export_per_head_and_target")
                ],
            },
        ),
    ]
