//! Faults of the other files.

use super::{Fault, analysis::in_analysis, faults};

pub(in crate::pack::tests) fn in_other_files() -> Vec<Fault> {
    let preamble = faults(
        "pack.toml",
        [
            (
                "    [\"4-5-1\"],",
                "    [\"4-4-4\"],",
                "    [\"4-4-4\"],",
                "clause \"4-4-4\" is never relaxed",
            ),
            (
                "id = \"sendai\"",
                "id = \" \"",
                "id = \" \"",
                "id must not be empty",
            ),
            (
                "\"4-4-4\"",
                "\"4-4-44\"",
                "4-4-44",
                "unknown clause \"4-4-44\"",
            ),
        ],
    );
    let roles = faults(
        "roles.toml",
        [
            (
                "[[role]]\ncode = \"staff\"",
                "[[role]]\ncode = \"ciso\" # here\ntitle_ja = \"長\"\ntitle_en = \"Head\"\n\
                 seat = \"city\"\nup = \"auditor\"\n\n[[role]]\ncode = \"staff\"",
                "# here",
                "duplicate role \"ciso\"",
            ),
            (
                "code = \"staff\"\n",
                "code = \"staff\"\nsalary = 1\n",
                "salary",
                "unknown field `salary`, expected one of `code`, `title_ja`, `title_en`, `clause`, `seat`, `up`, `witness`",
            ),
            (
                "up = \"csirt_chief\"",
                "up = \"csirt_manager\"",
                "code = \"csirt_manager\"",
                "role \"csirt_manager\" stands above itself",
            ),
            (
                "witness = \"auditor\"",
                "",
                "code = \"ciso\"",
                "the highest role needs a witness for its own requests",
            ),
            (
                "clause = \"1-5-1\"",
                "clause = \"1-5-9\"",
                "1-5-9",
                "unknown clause \"1-5-9\"",
            ),
        ],
    );
    let matrix = faults(
        "matrix.toml",
        [
            (
                "II = { verdict = \"refused\", clause = \"3-4-(6)-1\" }\nIII",
                "III",
                "[service.terms_only]",
                "missing cell of service type \"terms_only\" for class \"II\"",
            ),
            (
                "{ verdict = \"allowed\", clause = \"3-4-(8)-1\" }",
                "{ verdict = \"allowed\", clause = \"3-4-(8)-1\", fields = [\"need\"] }",
                "fields = [\"need\"]",
                "fields go with the verdict needs, and only with it",
            ),
        ],
    );
    let periods = faults(
        "periods.toml",
        [
            (
                "takeout_max = { office_days = 30 }\n",
                "",
                "",
                "missing period \"takeout_max\"",
            ),
            (
                "{ hours = 72 }",
                "{ hours = 0 }",
                "{ hours = 0 }",
                "period \"emergency_exception_hard_end\" must not be 0",
            ),
            (
                "{ minutes = 15 }",
                "{ days = 2 }",
                "{ days = 2 }",
                "period \"administer_factor_age\" must be in seconds, minutes or hours",
            ),
            (
                "{ years = 5 }",
                "{ decades = 5 }",
                "decades",
                "unknown variant `decades`, expected one of `seconds`, `minutes`, `hours`, `office_days`, `days`, `months`, `years`",
            ),
        ],
    );
    let others = faults(
        "holidays.toml",
        [(
            "2026-05-06 =",
            "2026-05-36 =",
            "2026-05-36",
            "not a date: \"2026-05-36\"",
        )],
    )
    .chain(faults(
        "fields.toml",
        [
            (
                "format = \"url\"",
                "format = \"poem\"",
                "poem",
                "unknown field format \"poem\", expected one of: text, date, time, url",
            ),
            (
                "max = 1000",
                "max = 0",
                "max = 0",
                "max must be at least 1 character",
            ),
        ],
    ))
    .chain(faults(
        "criteria.toml",
        [
            (
                "id = \"ownership\"",
                "id = \"data_location\"",
                "データの権利",
                "duplicate item \"data_location\"",
            ),
            (
                "clause = \"3-4-(9)-1\"",
                "clause = \"3-4-(9)-9\"",
                "3-4-(9)-9",
                "unknown clause \"3-4-(9)-9\"",
            ),
        ],
    ))
    .chain(faults(
        "classes.toml",
        [(
            "[[class]]\nclass = \"III\"",
            "[[class]]\nclass = \"Ⅱ\" # here\ntitle_ja = \"\"\ntitle_en = \"\"\nclauses = []\n\n\
             [[class]]\nclass = \"III\"",
            "# here",
            "duplicate class \"II\"",
        )],
    ));
    let retention = faults(
        "retention.toml",
        [
            (
                "records = \"sekisho.identity.v1.SignInRefused\"",
                "records = \"sekisho.identity.v1.SessionEnded\" # here",
                "# here",
                "\"sekisho.identity.v1.SessionEnded\" is spoken of as \"sekisho.identity.v1.SessionEnded\" already",
            ),
            (
                "records = \"sekisho.incidents.v1.\"",
                "records = \"incidents\"",
                "incidents",
                "\"incidents\" is no event and no package of events",
            ),
        ],
    );
    let all = preamble.chain(roles).chain(matrix).chain(periods);
    all.chain(others)
        .chain(in_analysis())
        .chain(retention)
        .collect()
}
