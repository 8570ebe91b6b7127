//! What a record says, for a reader: who, what, when, how it ended, by which clauses.

use kernel::Actor;
use prost::{Message as _, Name as _};
use proto::{common::v1::RequestRefused, identity::v1::AccessEvaluated, record::Record};
use standard::jst_words;

use crate::{language::Language, outcome, output::harmless};

/// Labels and words, in the order in which they are told.
pub(super) fn told(bytes: &[u8], lang: Language) -> Vec<(&'static str, String)> {
    let Ok(record) = Record::decode(bytes) else {
        return vec![(
            lang.pick("内容", "content"),
            lang.pick("この版では読み取れません", "cannot be read by this version")
                .to_owned(),
        )];
    };
    let event = record.kind.rsplit('.').next().unwrap_or_default();
    let clauses: Vec<_> = record.clauses.iter().map(|id| id.as_str()).collect();
    let rows = [
        (lang.pick("行った者", "who"), who(&record.actor, lang)),
        (
            lang.pick("出来事", "what"),
            format!("{event} ({})", record.source),
        ),
        (lang.pick("対象", "about"), record.subject.clone()),
        (lang.pick("日時", "when"), jst_words(record.time)),
        (
            lang.pick("結果", "outcome"),
            ended(&record, lang).unwrap_or_default(),
        ),
        (
            lang.pick("条項", "clauses"),
            clauses.join(lang.pick("、", ", ")),
        ),
    ];
    let told = rows.into_iter().filter(|(_, words)| !words.is_empty());
    told.map(|(label, words)| (label, harmless(&words)))
        .collect()
}

fn who(actor: &Actor, lang: Language) -> String {
    match actor {
        Actor::Person { id, .. } => format!("{} {id}", lang.pick("職員", "staff")),
        Actor::Workload(name) => format!("{} {name}", lang.pick("機械", "machine")),
        Actor::Service(name) => format!("{} {name}", lang.pick("サービス", "service")),
        Actor::Anonymous => lang.pick("匿名", "anonymous").to_owned(),
    }
}

/// How it ended, where the event itself is not the answer.
fn ended(record: &Record, lang: Language) -> Option<String> {
    let data = record.data.as_slice();
    if record.kind == AccessEvaluated::full_name() {
        let event = AccessEvaluated::decode(data).ok()?;
        let words = outcome::title(event.outcome(), lang);
        let (person, system) = (&event.person_id, &event.system_id);
        let reasons = match event.reasons.as_slice() {
            [] => String::new(),
            some => format!(" [{}]", some.join(", ")),
        };
        return Some(format!("{words}{reasons} ({person} → {system})"));
    }
    if record.kind == RequestRefused::full_name() {
        let event = RequestRefused::decode(data).ok()?;
        let words = lang.pick("拒否", "refused");
        return Some(format!("{words} [{}] ({})", event.code, event.method));
    }
    None
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kernel::{ClauseId, Context};
    use proto::{identity::v1::AccessOutcome, record};

    use super::*;

    #[test]
    fn a_decision_is_told_with_who_what_outcome_and_clauses_in_either_language() {
        let event = AccessEvaluated {
            outcome: AccessOutcome::StepUp.into(),
            person_id: "S0073".to_owned(),
            system_id: "SYS-020".to_owned(),
            reasons: vec!["mfa_cloud".to_owned()],
            ..AccessEvaluated::default()
        };
        let clause = ClauseId::new("7-2-(2)-2ア");
        let outgoing = record::Outgoing::new(&event, [clause]);
        let actor = "person/S0073".parse().expect("an actor");
        let context = Context::new(actor, Timestamp::UNIX_EPOCH, "c");
        let mut bytes = record::draft("identity", runtime::new_id(), "d-1", &outgoing, &context);
        record::finish(&mut bytes, 1, &record::NO_HASH);
        for (lang, parts) in [
            (
                Language::Ja,
                ["職員 S0073", "追加の認証が必要 [mfa_cloud]", "7-2-(2)-2ア"],
            ),
            (
                Language::En,
                [
                    "staff S0073",
                    "more authentication is needed [mfa_cloud]",
                    "7-2-(2)-2ア",
                ],
            ),
        ] {
            let told = format!("{:?}", super::told(&bytes, lang));
            for part in parts {
                assert!(told.contains(part), "{told}");
            }
        }
        assert_eq!(super::told(b"\xff", Language::En).len(), 1);
    }
}
