//! From the pack's words to the contract's.

use kernel::ClauseId;
use proto::sekisho::standard::v1 as wire;
use standard::{
    CoverageRow, Length, Mode, Pack, Period, Strength,
    pack::{Guard, Obliged, PermitKind, Rule},
};

pub(super) fn pack(pack: &Pack, unserved: usize) -> wire::GetPackResponse {
    wire::GetPackResponse {
        id: pack.id().to_owned(),
        version: pack.version().to_owned(),
        title_ja: pack.title_ja().to_owned(),
        title_en: pack.title_en().to_owned(),
        city: pack.city().to_owned(),
        clauses: count(pack.clauses().len()),
        unserved: count(unserved),
    }
}

pub(super) fn clause(row: &CoverageRow<'_>) -> wire::Clause {
    let clause = row.clause;
    let serving = |one: &&standard::Served| wire::Serving {
        mode: mode(one.mode).into(),
        by: one.by.clone(),
    };
    wire::Clause {
        id: clause.id.to_string(),
        title_ja: clause.title_ja.clone(),
        title_en: clause.title_en.clone(),
        obliged: match &clause.obliged {
            Obliged::City => vec!["city".to_owned()],
            Obliged::Roles(roles) => words(roles),
            Obliged::Unnamed => Vec::new(),
        },
        strength: strength(clause.strength).into(),
        service: clause.service.to_string(),
        mode: mode(clause.mode).into(),
        also: clause.also.iter().map(|one| mode(*one).into()).collect(),
        note: clause.note.clone(),
        served: row.served.iter().map(serving).collect(),
        not_yet_served: row.not_yet.unwrap_or_default().to_owned(),
    }
}

pub(super) const fn mode(mode: Mode) -> wire::ServingMode {
    match mode {
        Mode::Enforce => wire::ServingMode::Enforce,
        Mode::Workflow => wire::ServingMode::Workflow,
        Mode::Record => wire::ServingMode::Record,
        Mode::Schedule => wire::ServingMode::Schedule,
        Mode::Attest => wire::ServingMode::Attest,
    }
}

pub(super) const fn strength(strength: Strength) -> wire::Strength {
    match strength {
        Strength::Must => wire::Strength::Must,
        Strength::InPrinciple => wire::Strength::InPrinciple,
        Strength::Should => wire::Strength::Should,
        Strength::Endeavour => wire::Strength::Endeavour,
        Strength::May => wire::Strength::May,
    }
}

pub(super) fn permit_kind(pack: &Pack, kind: &PermitKind) -> wire::PermitKind {
    wire::PermitKind {
        id: kind.id.clone(),
        title_ja: kind.title_ja.clone(),
        title_en: kind.title_en.clone(),
        clauses: ids(&kind.clauses),
        applicant: kind.applicant.to_string(),
        route: words(&kind.route),
        needs: words(&kind.needs),
        cloud: kind.cloud,
        fields: fields(pack, &kind.fields),
        completion: fields(pack, kind.completion_fields()),
        guards: kind.guards.iter().map(guard).collect(),
        relaxes: ids(&kind.relaxes),
        report_to: kind.report_to.map_or_else(String::new, |to| to.to_string()),
    }
}

pub(super) fn period(period: Period, length: Length) -> wire::Period {
    let (count, unit) = match length {
        Length::Seconds(n) => (n, "seconds"),
        Length::Minutes(n) => (n, "minutes"),
        Length::Hours(n) => (n, "hours"),
        Length::OfficeDays(n) => (n, "office_days"),
        Length::Days(n) => (n, "days"),
        Length::Months(n) => (n, "months"),
        Length::Years(n) => (n, "years"),
    };
    wire::Period {
        id: period.to_string(),
        title_ja: period.title_ja().to_owned(),
        title_en: period.title_en().to_owned(),
        count,
        unit: unit.to_owned(),
    }
}

fn guard(guard: &Guard) -> wire::PermitGuard {
    use wire::permit_guard::Rule as To;
    let list = |words: Vec<String>| wire::WordList { words };
    let rule = match &guard.rule {
        Rule::AllowedClasses(classes) => To::AllowedClasses(list(words(classes))),
        Rule::Matrix(service) => To::ServiceMatrix(service.to_string()),
        Rule::Channel(channel) => To::ChannelMatrix(channel.to_string()),
        Rule::Required(fields) => To::Required(list(fields.clone())),
        Rule::RequiredOneOf(fields) => To::RequiredOneOf(list(fields.clone())),
        Rule::Checklist(id) => To::Checklist(id.clone()),
        Rule::RefusesPersonalInformation => To::RefusesPersonalInformation(true),
        Rule::MaxPeriod(period) => To::MaxPeriod(period.to_string()),
    };
    wire::PermitGuard {
        clause: guard.clause.to_string(),
        when: words(&guard.when),
        rule: Some(rule),
    }
}

fn fields(pack: &Pack, names: &[String]) -> Vec<wire::PermitField> {
    let known = names.iter().filter_map(|name| pack.field(name));
    known
        .map(|field| wire::PermitField {
            id: field.id.clone(),
            label_ja: field.label_ja.clone(),
            label_en: field.label_en.clone(),
            max_length: count(field.max_length),
            format: field.format.to_string(),
        })
        .collect()
}

fn words<T: ToString>(words: &[T]) -> Vec<String> {
    words.iter().map(T::to_string).collect()
}

fn ids(clauses: &[ClauseId]) -> Vec<String> {
    words(clauses)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
