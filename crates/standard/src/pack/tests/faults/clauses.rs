//! Faults of `clauses.tsv` and `not_yet_served.tsv`.

use super::{Fault, faults};

pub(in crate::pack::tests) fn in_clauses() -> Vec<Fault> {
    let clauses = faults(
        "clauses.tsv",
        [
            (
                "\n9-2\t",
                "\n9-1\t",
                "不正アクセス禁止法",
                "duplicate clause \"9-1\"",
            ),
            (
                "\t\tlegal register",
                "\tlegal register",
                "Local Public Service Act",
                "8 columns, expected 9",
            ),
            (
                "\tlegal register",
                "\tlegal\tregister",
                "legal\tregister",
                "10 columns, expected 9",
            ),
            (
                "著作権法",
                "",
                "Copyright Act",
                "a clause needs an id and both titles",
            ),
            (
                "\tcsirt_staff\tmust",
                "\t\tmust",
                "CSIRT担当の推進",
                "nobody obliged: name roles, city or unnamed",
            ),
            (
                "\tcsirt_staff\tmust",
                "\tcsirt_staff\tperhaps",
                "\tperhaps",
                "unknown strength \"perhaps\", expected one of: must, in_principle, should, endeavour, may",
            ),
            (
                "\tsystem_manager+information_manager\tmust",
                "\tsystem_manager+mayor\tmust",
                "+mayor",
                "unknown role \"mayor\", expected one of: ciso, bureau_manager, information_manager, \
                 system_manager, network_manager, deputy_information_manager, system_staff, \
                 csirt_chief, csirt_manager, csirt_staff, auditor, staff",
            ),
            (
                "\taudit\tworkflow",
                "\taudit\thope",
                "\thope",
                "unknown mode \"hope\", expected one of: enforce, workflow, record, schedule, attest",
            ),
            (
                "\taudit\tworkflow\t\t",
                "\taudit\tworkflow\trecord+workflow\t",
                "\trecord+workflow",
                "a mode is named twice",
            ),
            (
                "id\ttitle_ja",
                "id\ttitle",
                "id\ttitle\t",
                "the header must be: id, title_ja, title_en, obliged, strength, service, mode, also, note",
            ),
        ],
    );
    let listed = faults(
        "not_yet_served.tsv",
        [
            (
                "reason_en\n",
                "reason_en\n7-9-99\tattest\t後日\tlater\n",
                "7-9-99",
                "unknown clause \"7-9-99\"",
            ),
            (
                "reason_en\n",
                "reason_en\n9-1\tattest\t後日\tlater\n9-1\tattest\t再度\tagain\n",
                "again",
                "duplicate clause \"9-1\" and mode \"attest\"",
            ),
            (
                "reason_en\n",
                "reason_en\n9-1\tenforce\t後日\tlater\n",
                "9-1\tenforce",
                "clause \"9-1\" does not ask for mode \"enforce\"",
            ),
            (
                "reason_en\n",
                "reason_en\n9-1\thope\t後日\tlater\n",
                "hope",
                "unknown mode \"hope\", expected one of: enforce, workflow, record, schedule, attest",
            ),
            (
                "reason_en\n",
                "reason_en\n9-1\tattest\t後日\t\n",
                "9-1\tattest\t後日",
                "no reason in both languages for clause \"9-1\"",
            ),
            (
                "reason_en\n",
                "reason_en\n9-1\tlater\n",
                "9-1",
                "2 columns, expected 4",
            ),
        ],
    );
    clauses.chain(listed).collect()
}
