//! Faults of `permit_kinds.toml`.

use super::{Fault, faults};

pub(in crate::pack::tests) fn in_permit_kinds() -> Vec<Fault> {
    const STEPS: &str =
        "unknown route step \"mayor\", expected one of: im, sm_or_im, sm, bm, nm, ciso";
    faults(
        "permit_kinds.toml",
        [
            (
                "required = [\"need\", \"setting\"]",
                "required = []",
                "required = []",
                "an empty list guards nothing",
            ),
            ("\"3-4-(6)-2a\", \"3", "\"7-9-99\", \"3", "7-9-99", "unknown clause \"7-9-99\""),
            ("{ clause = \"4-1-4\"", "{ clause = \"4-1-44\"", "4-1-44", "unknown clause \"4-1-44\""),
            ("route = [\"bm\"]", "route = [\"mayor\"]", "mayor", STEPS),
            ("report_to = \"ciso\"", "report_to = \"mayor\"", "mayor", STEPS),
            ("\"takeout_max\"", "\"forever\"", "forever", UNKNOWN_PERIOD),
            ("\"licence\"", "\"license\"", "license", "unknown field \"license\""),
            ("required = [\"returned_at\"]", "required = [\"gone_at\"]", "gone_at", "unknown field \"gone_at\""),
            ("required = [\"returned_at\"]", "required = []", "required = []", "an empty list asks for nothing"),
            ("{ clause = \"3-4-(4)-3b\"", "{ clause = \"3-4-(4)-3c\"", "3-4-(4)-3c", "unknown clause \"3-4-(4)-3c\""),
            ("field:contractor", "field:builder", "field:builder", "unknown field \"builder\""),
            (
                "when = [\"sensitive\"]",
                "when = [\"raining\"]",
                "raining",
                "unknown condition \"raining\", expected one of: sensitive, cloud, field:NAME",
            ),
            ("\"terms_risk\"", "\"terms\"", "\"terms\"", "unknown checklist \"terms\""),
            (
                "matrix = \"terms_only\"",
                "matrix = \"free\"",
                "\"free\"",
                "unknown service type \"free\", expected one of: outsourcing, terms_only, negotiated, government",
            ),
            (
                "channel = \"webform\"",
                "channel = \"fax\"",
                "\"fax\"",
                "unknown channel \"fax\", expected one of: mail_attachment, webform, social",
            ),
            (
                "allowed_classes = [\"III\"]",
                "allowed_classes = [\"IV\"]",
                "\"IV\"",
                "unknown information class \"IV\", expected one of: S, I, II, III",
            ),
            (
                "needs = [\"service\"]",
                "needs = [\"luck\"]",
                "luck",
                "unknown reference \"luck\", expected one of: person, system, device, medium, network, information, service",
            ),
            (
                "effect = \"entitlement\"",
                "effect = \"tea\"",
                "tea",
                "unknown effect \"tea\", expected one of: entitlement, privileged_grant, device_binding, takeout_record",
            ),
            ("id = \"exception\"\n", "id = \"device.connect\" # here\n", "# here", "duplicate permit kind \"device.connect\""),
            ("relaxes = [\"7-2-(4)-2a\"]", "relaxes = [\"4-4-4\"]", "\"4-4-4\"", "clause \"4-4-4\" is never relaxed"),
            (
                ", refuses_personal_information = true",
                ", refuses_personal_information = false",
                "= false",
                "refuses_personal_information is true or not there",
            ),
            (
                "matrix = \"government\"",
                "matrix = \"government\", required = [\"need\"]",
                "matrix = \"government\"",
                "a guard has exactly one rule",
            ),
            (", matrix = \"government\"", "", "{ clause = \"3-4-(8)-1\" }", "a guard has exactly one rule"),
            ("report_to = \"ciso\"\nreport_due = \"emergency_exception_report_due\"\n", "", "\"exception.emergency\"", "a kind without a route must say report_to"),
            ("report_due = \"emergency_exception_report_due\"\n", "", "\"exception.emergency\"", "report_to and report_due go together"),
            ("clauses = [\"2-4-2b\", \"2-2-2\"]", "clauses = []", "\"procedure.approve\"", "a permit kind serves at least one clause"),
            (
                "applicant = \"bureau_manager\"",
                "applicant = \"mayor\"",
                "mayor",
                "unknown role \"mayor\", expected one of: ciso, bureau_manager, information_manager, \
                 system_manager, network_manager, deputy_information_manager, system_staff, \
                 csirt_chief, csirt_manager, csirt_staff, auditor, staff",
            ),
        ],
    )
    .collect()
}

const UNKNOWN_PERIOD: &str = "unknown period \"forever\", expected one of: at_once, promptly, \
    periodically, emergency_exception_hard_end, emergency_exception_report_due, exception_max, \
    access_record_retention_important, access_record_retention_other, incident_record_retention, \
    dormant_flag, dormant_disable, privileged_grant_max, access_review, shared_id_check_out, log_digest, \
    takeout_max, important_system_authentication_age, sensitive_authentication_age, \
    class_ii_authentication_age, administer_factor_age, \
    snapshot_bound_sensitive, snapshot_bound_class_ii";
