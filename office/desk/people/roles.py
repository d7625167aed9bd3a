"""What a person may do, by role. Data, no behaviour: the one table that every route is held against."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """In which capacity someone works at the office; an account may have several."""

    DUTY = "duty"
    DEPARTMENT = "department"
    CONTENT = "content"
    WARDEN = "warden"
    INSTALLER = "installer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"

    @property
    def titles(self) -> dict[str, str]:
        """As people say it."""
        return _TITLES[self]


class Permission(StrEnum):
    """One thing that a route does."""

    ALARMS_SEE = "alarms.see"
    ALARMS_WORK = "alarms.work"
    DUTY_PLAN = "duty.plan"
    REGISTER_SEE = "register.see"
    REGISTER_EDIT = "register.edit"
    REGISTER_SECRETS = "register.secrets"
    """Medical notes and contacts."""
    REGISTER_EXPORT = "register.export"
    """Export and erasure of a person's data."""
    CASES_SEE = "cases.see"
    CASES_WORK = "cases.work"
    CASES_LEAD = "cases.lead"
    """Dispatch, verify, merge, deadlines."""
    GRID_EDIT = "grid.edit"
    ROUND = "round"
    """A warden's own phone page: my cases, my alarms."""
    CALLS_TAKE = "calls.take"
    """Video calls of kiosks: answer, hand over, call back."""
    DEVICES_SEE = "devices.see"
    DEVICES_COMMAND = "devices.command"
    CAMERA_LOOK = "camera.look"
    CONTENT_EDIT = "content.edit"
    NOTICE_RELEASE = "notice.release"
    """Emergency notices on every kiosk: written by one, released by another."""
    FIGURES_SEE = "figures.see"
    PROOF_SEE = "proof.see"
    LOOKS_SEE = "looks.see"
    """Who looked at which camera and why."""
    AUDIT_SEE = "audit.see"
    ACCOUNTS_EDIT = "accounts.edit"
    SETTINGS_EDIT = "settings.edit"


P = Permission

MAY: dict[Role, frozenset[Permission]] = {
    Role.DUTY: frozenset(
        {
            P.ALARMS_SEE, P.ALARMS_WORK, P.REGISTER_SEE, P.REGISTER_SECRETS, P.CASES_SEE, P.CASES_WORK, P.CASES_LEAD,
            P.DEVICES_SEE, P.DEVICES_COMMAND, P.CAMERA_LOOK, P.FIGURES_SEE, P.PROOF_SEE,
            P.CALLS_TAKE, P.NOTICE_RELEASE,
        }
    ),
    Role.DEPARTMENT: frozenset({P.CASES_SEE, P.CASES_WORK, P.REGISTER_SEE, P.FIGURES_SEE, P.CALLS_TAKE}),
    Role.CONTENT: frozenset({P.CONTENT_EDIT, P.NOTICE_RELEASE, P.REGISTER_SEE}),
    Role.WARDEN: frozenset({P.ROUND}),
    Role.INSTALLER: frozenset({P.DEVICES_SEE, P.DEVICES_COMMAND, P.REGISTER_SEE}),
    Role.AUDITOR: frozenset({P.AUDIT_SEE, P.PROOF_SEE, P.LOOKS_SEE, P.FIGURES_SEE, P.ALARMS_SEE, P.CASES_SEE}),
    Role.ADMINISTRATOR: frozenset(
        {
            P.ACCOUNTS_EDIT, P.SETTINGS_EDIT, P.DUTY_PLAN, P.REGISTER_SEE, P.REGISTER_EDIT, P.REGISTER_EXPORT,
            P.GRID_EDIT, P.DEVICES_SEE, P.DEVICES_COMMAND, P.ALARMS_SEE, P.CASES_SEE, P.CASES_LEAD, P.CONTENT_EDIT,
            P.NOTICE_RELEASE, P.FIGURES_SEE, P.PROOF_SEE,
        }
    ),
}  # fmt: skip

_TITLES = {
    Role.DUTY: {"zh": "值班员", "en": "Duty clerk"},
    Role.DEPARTMENT: {"zh": "科室人员", "en": "Department clerk"},
    Role.CONTENT: {"zh": "内容编辑", "en": "Content editor"},
    Role.WARDEN: {"zh": "网格员", "en": "Grid warden"},
    Role.INSTALLER: {"zh": "安装维护员", "en": "Installer"},
    Role.AUDITOR: {"zh": "督察员", "en": "Inspector"},
    Role.ADMINISTRATOR: {"zh": "管理员", "en": "Administrator"},
}


def permissions(roles: frozenset[Role]) -> frozenset[Permission]:
    """Everything that someone with these roles may do."""
    return frozenset().union(*(MAY[role] for role in roles))
