//! Faults of the rules of analysis.

use super::{Fault, faults};

pub(super) fn in_analysis() -> impl Iterator<Item = Fault> {
    faults(
        "analysis.toml",
        [
            (
                "id = \"mass_export\"",
                "id = \"denied_burst\" # here",
                "# here",
                "duplicate rule \"denied_burst\"",
            ),
            (
                "id = \"mass_export\"",
                "id = \"Mass Export\"",
                "Mass Export",
                "the id of a rule is 1 to 64 of a-z, 0-9 and _",
            ),
            (
                "title_en = \"Mass export\"",
                "title_en = \"\"",
                "title_en = \"\"",
                "a title must not be empty",
            ),
            (
                "clauses = [\"8-1-2\"]",
                "clauses = []",
                "clauses = []",
                "a rule serves at least one clause",
            ),
            (
                "clauses = [\"8-1-2\"]",
                "clauses = [\"8-1-22\"]",
                "8-1-22",
                "unknown clause \"8-1-22\"",
            ),
            (
                "quiet = { hours = 12 }",
                "quiet = { months = 1 }",
                "months",
                "must be in seconds, minutes, hours or days, up to 31 days",
            ),
            (
                "quiet = { hours = 12 }",
                "quiet = { hours = 0 }",
                "{ hours = 0 }",
                "must be in seconds, minutes, hours or days, up to 31 days",
            ),
            (
                "remembered = { days = 400 }",
                "remembered = { days = 4000 }",
                "4000",
                "must be in seconds, minutes, hours or days, up to 1830 days",
            ),
            (
                "tolerated = 30",
                "tolerated = 501",
                "501",
                "tolerated is not within 1 to 500",
            ),
            (
                "counted = \"export\"",
                "counted = \"sheep\"",
                "sheep",
                "unknown count \"sheep\", expected one of: denied_access, export",
            ),
            (
                "severity = \"warning\"\nquiet = { hours = 12 }",
                "severity = \"bad\"\nquiet = { hours = 12 }",
                "\"bad\"",
                "unknown severity \"bad\", expected one of: notice, warning, alarm",
            ),
            (
                "[\"office\", \"public_line\"]",
                "[\"office\", \"office\"]",
                "[\"office\", \"office\"]",
                "two different places are apart",
            ),
            (
                "[\"office\", \"public_line\"]",
                "[\"office\", \"moon\"]",
                "moon",
                "unknown access path \"moon\", expected one of: office, telework, public_line",
            ),
            (
                "closes = \"22:00\"",
                "closes = \"06:00\"",
                "06:00",
                "closes is not after opens",
            ),
            (
                "opens = \"07:00\"",
                "opens = \"dawn\"",
                "dawn",
                "not a time of day: \"dawn\"",
            ),
            (
                "detector.overdue",
                "detector.silence",
                "silence",
                "unknown variant `silence`, expected one of `burst`, `two_places`, `off_hours`, `dormant`, `shared_id`, `clock`, `overdue`",
            ),
            (
                "detector.shared_id = { window",
                "detector.shared_id = { windows",
                "windows",
                "unexpected keys in table: windows, available keys: window",
            ),
        ],
    )
}
