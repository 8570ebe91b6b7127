//! From the pack's words to the contract's.

use kernel::ClauseId;
use proto::sekisho::standard::v1 as wire;
use standard::{
    Channel, Coverage, CoverageRow, Extent, InformationClass, Length, Mode, Pack, Period,
    ServiceType, Strength,
    pack::{
        Checklist, Class, Guard, MatrixCell, NotYetServed, Obliged, PermitKind, RoleEntry, Rule,
    },
};

pub(super) fn pack(pack: &Pack, coverage: &Coverage<'_>) -> wire::GetPackResponse {
    wire::GetPackResponse {
        id: pack.id().to_owned(),
        version: pack.version().to_owned(),
        title_ja: pack.title_ja().to_owned(),
        title_en: pack.title_en().to_owned(),
        city: pack.city().to_owned(),
        clauses: count(pack.clauses().len()),
        unserved: count(coverage.count(Extent::Nothing)),
        partly_served: count(coverage.count(Extent::Part)),
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
        not_yet_served: (row.open.iter())
            .filter_map(|open| open.listed.map(not_yet_served))
            .collect(),
    }
}

fn not_yet_served(listed: &NotYetServed) -> wire::NotYetServed {
    wire::NotYetServed {
        mode: mode(listed.mode).into(),
        reason_ja: listed.reason_ja.clone(),
        reason_en: listed.reason_en.clone(),
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
        report_to: text(kind.report_to),
        report_due: text(kind.report_due),
        completion_clause: text(
            kind.completion
                .as_ref()
                .map(|completion| &completion.clause),
        ),
        effect: text(kind.effect),
    }
}

pub(super) fn role(entry: &RoleEntry) -> wire::Role {
    wire::Role {
        id: entry.role.to_string(),
        title_ja: entry.title_ja.clone(),
        title_en: entry.title_en.clone(),
        clause: text(entry.clause.as_ref()),
        seat: entry.seat.to_string(),
        up: text(entry.up),
        witness: text(entry.witness),
    }
}

pub(super) fn class(entry: &Class) -> wire::Class {
    wire::Class {
        id: entry.class.to_string(),
        title_ja: entry.title_ja.clone(),
        title_en: entry.title_en.clone(),
        clauses: ids(&entry.clauses),
    }
}

pub(super) fn service(pack: &Pack, service: ServiceType) -> wire::MatrixRow {
    wire::MatrixRow {
        id: service.to_string(),
        title_ja: service.title_ja().to_owned(),
        title_en: service.title_en().to_owned(),
        cells: cells(|class| pack.matrix(service, class)),
    }
}

pub(super) fn channel(pack: &Pack, channel: Channel) -> wire::MatrixRow {
    wire::MatrixRow {
        id: channel.to_string(),
        title_ja: channel.title_ja().to_owned(),
        title_en: channel.title_en().to_owned(),
        cells: cells(|class| pack.channel(channel, class)),
    }
}

fn cells<'a>(of: impl Fn(InformationClass) -> &'a MatrixCell) -> Vec<wire::MatrixCell> {
    let cell = |class: &InformationClass| {
        let cell = of(*class);
        wire::MatrixCell {
            class: class.to_string(),
            verdict: cell.verdict.to_string(),
            clause: cell.clause.to_string(),
            fields: cell.fields.clone(),
        }
    };
    InformationClass::ALL.iter().map(cell).collect()
}

pub(super) fn checklist(list: &Checklist) -> wire::Checklist {
    let items = list.items.iter().map(|item| wire::ChecklistItem {
        id: item.id.clone(),
        text_ja: item.text_ja.clone(),
        text_en: item.text_en.clone(),
    });
    wire::Checklist {
        id: list.id.clone(),
        version: list.version.clone(),
        title_ja: list.title_ja.clone(),
        title_en: list.title_en.clone(),
        clause: list.clause.to_string(),
        items: items.collect(),
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

/// Empty where there is none.
fn text<T: ToString>(word: Option<T>) -> String {
    word.map_or_else(String::new, |word| word.to_string())
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
