//! What was asked for when evidence was taken, in words.

use proto::{
    audit::v1::{EvidenceTaken, RecordFilter},
    instant,
    record::Record,
};

use crate::{language::Language, output::harmless};

/// Each condition that records had to fit, by its name.
pub(crate) fn conditions(asked: &RecordFilter, lang: Language) -> Vec<(&'static str, String)> {
    let at = |at: &Option<prost_types::Timestamp>| {
        let at = at.as_ref().and_then(instant);
        at.map_or_else(String::new, |at| at.to_string())
    };
    let mut conditions = vec![
        (lang.pick("行った者", "actor"), asked.actor.clone()),
        (lang.pick("職員", "person"), asked.person_id.clone()),
        (lang.pick("情報システム", "system"), asked.system_id.clone()),
        (lang.pick("出来事", "type"), asked.type_prefix.clone()),
        (lang.pick("条項", "clause"), asked.clause.clone()),
        (lang.pick("障害", "incident"), asked.incident_id.clone()),
        (lang.pick("対象", "subject"), asked.subject.clone()),
        (lang.pick("サービス", "source"), asked.source.clone()),
        (lang.pick("から", "from"), at(&asked.from_time)),
        (lang.pick("まで", "before"), at(&asked.to_time)),
    ];
    conditions.retain(|(_, value)| !value.is_empty());
    conditions
}

/// The same of the log's own record of it, in one line: that record is proven, and nobody's summary is.
pub(crate) fn told(statement: &[u8], lang: Language) -> Option<String> {
    let taken = Record::decode(statement).ok()?.event::<EvidenceTaken>()?;
    let conditions = conditions(&taken.ok()?.asked.unwrap_or_default(), lang);
    let told: Vec<String> = conditions
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    if told.is_empty() {
        return Some(lang.pick("すべての記録", "all records").to_owned());
    }
    Some(harmless(&told.join(lang.pick("、", ", "))))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kernel::Context;
    use proto::record;

    use super::*;

    fn statement(asked: RecordFilter) -> Vec<u8> {
        let event = EvidenceTaken {
            asked: Some(asked),
            ..EvidenceTaken::default()
        };
        let outgoing = record::Outgoing::new(&event, []);
        let actor = "person/S0311".parse().expect("an actor");
        let context = Context::new(actor, Timestamp::UNIX_EPOCH, "c");
        let mut bytes = record::draft("audit", runtime::new_id(), "e-1", &outgoing, &context);
        record::finish(&mut bytes, 1, &record::NO_HASH);
        bytes
    }

    #[test]
    fn what_was_asked_for_is_told_by_the_record_of_the_taking_8_3_3_2b() {
        let asked = RecordFilter {
            system_id: "SYS-020".to_owned(),
            subject: "\u{1b}[2Jx".to_owned(),
            from_time: Some(proto::timestamp(Timestamp::UNIX_EPOCH)),
            ..RecordFilter::default()
        };
        let told = |asked, lang| super::told(&statement(asked), lang).expect("told");
        assert_eq!(
            told(asked.clone(), Language::En),
            "system: SYS-020, subject: [2Jx, from: 1970-01-01T00:00:00Z"
        );
        assert_eq!(
            told(asked, Language::Ja),
            "情報システム: SYS-020、対象: [2Jx、から: 1970-01-01T00:00:00Z"
        );
        assert_eq!(told(RecordFilter::default(), Language::En), "all records");
        assert_eq!(super::told(b"\xff", Language::En), None);
    }
}
