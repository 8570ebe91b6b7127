//! A rule an application does not meet: which field, which clause, and words for people.

use kernel::{ClauseId, Fault};
use standard::{
    InformationClass, ServiceType,
    pack::{FieldFormat, PermitKind, Reference},
};

/// One rule not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The request field at fault, in proto spelling: `content.need`, `information_class`.
    pub field: String,
    /// The clause it serves; none for plain input errors.
    pub clause: Option<ClauseId>,
    /// What is wrong.
    pub problem: Problem,
}

impl Violation {
    /// A rule of a clause.
    pub(crate) fn of(clause: &ClauseId, field: impl Into<String>, problem: Problem) -> Self {
        Self {
            field: field.into(),
            clause: Some(clause.clone()),
            problem,
        }
    }

    /// A rule of the kind itself, under the clause that asks for the permit.
    pub(crate) fn of_kind(kind: &PermitKind, field: impl Into<String>, problem: Problem) -> Self {
        Self {
            field: field.into(),
            clause: kind.clauses.first().cloned(),
            problem,
        }
    }

    /// An input error that no clause speaks of.
    pub(crate) fn input(field: impl Into<String>, problem: Problem) -> Self {
        Self {
            field: field.into(),
            clause: None,
            problem,
        }
    }

    /// Every clause named, once.
    pub(crate) fn clauses(all: &[Self]) -> Vec<ClauseId> {
        let mut clauses: Vec<ClauseId> = Vec::new();
        for clause in all.iter().filter_map(|violation| violation.clause.as_ref()) {
            if !clauses.contains(clause) {
                clauses.push(clause.clone());
            }
        }
        clauses
    }
}

/// Each of them as a field at fault.
pub(crate) fn faults(violations: &[Violation]) -> Vec<Fault> {
    let one = |v: &Violation| {
        let clause = v.clause.as_ref();
        let clause = clause.map_or_else(String::new, |clause| format!(" ({clause})"));
        Fault {
            field: v.field.clone(),
            message_en: format!("{}{clause}", v.problem),
            message_ja: format!("{}{clause}", v.problem.message_ja()),
        }
    };
    violations.iter().map(one).collect()
}

/// All of them in one English line.
pub(crate) fn list(violations: &[Violation]) -> String {
    let one = |v: &Violation| match &v.clause {
        Some(clause) => format!("{} ({clause}): {}", v.field, v.problem),
        None => format!("{}: {}", v.field, v.problem),
    };
    violations.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// All of them in one Japanese line.
pub(crate) fn list_ja(violations: &[Violation]) -> String {
    let one = |v: &Violation| match &v.clause {
        Some(clause) => format!("{}({clause}): {}", v.field, v.problem.message_ja()),
        None => format!("{}: {}", v.field, v.problem.message_ja()),
    };
    violations.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// What is wrong. `Display` is the English sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A field is empty that must be filled.
    #[error("must be given")]
    Missing,
    /// None of several fields is filled.
    #[error("one of these must be given: {}", .0.join(", "))]
    MissingOneOf(Vec<String>),
    /// The kind of permit has no such field.
    #[error("this kind has no such field")]
    UnknownField,
    /// The text is too long.
    #[error("has more than {0} characters")]
    TooLong(usize),
    /// The text is not written as the field asks.
    #[error("is not in the form of a {}", .0.title_en())]
    Format(FieldFormat),
    /// Information of that class may not be concerned.
    #[error("{} is not allowed here", .0.title_en())]
    ClassNotAllowed(InformationClass),
    /// Another type of external service than the kind is for.
    #[error("this kind is for the type: {}", .0.title_en())]
    ServiceType(ServiceType),
    /// The kind is not for cloud services.
    #[error("this kind does not take the cloud flag")]
    CloudNotForKind,
    /// A question of a checklist is not answered yes.
    #[error("the question is not answered yes: {en}")]
    Unchecked {
        /// The question, Japanese.
        ja: String,
        /// The question, English.
        en: String,
    },
    /// Another version of the checklist was answered.
    #[error("the checklist is now at version {0}; answer that one")]
    ChecklistVersion(String),
    /// The kind asks for no such checklist.
    #[error("this kind asks for no such checklist")]
    UnknownChecklist,
    /// Personal information may not be concerned.
    #[error("personal information may not be sent this way")]
    PersonalInformation,
    /// Something must be named.
    #[error("a {} must be named", .0.title_en().to_lowercase())]
    MissingReference(Reference),
    /// What is named is not on record, or no longer.
    #[error("is not on record, or out of service")]
    NotOnRecord,
    /// The end does not lie after the start and the present.
    #[error("must lie after the start and in the future")]
    EndNotAfterStart,
    /// The period is too long.
    #[error("must not lie after {0}")]
    PeriodTooLong(jiff::Timestamp),
    /// A date lies after the end.
    #[error("must not lie after the end of the permit")]
    AfterEnd,
    /// Nobody holds the post that decides, nor any above.
    #[error("nobody holds the post that decides at this step, nor any above it")]
    NobodyDecides,
    /// No such clause.
    #[error("the standard has no clause {0}")]
    UnknownClause(ClauseId),
    /// No exception may relax that clause.
    #[error("clause {0} can never be relaxed")]
    NeverRelaxed(ClauseId),
    /// An emergency covers only what is the bureau's own.
    #[error("{0} does not belong to the bureau")]
    OtherBureau(String),
}

impl Problem {
    /// Stable, lower snake case.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::MissingOneOf(_) => "missing_one_of",
            Self::UnknownField => "unknown_field",
            Self::TooLong(_) => "too_long",
            Self::Format(_) => "format",
            Self::ClassNotAllowed(_) => "class_not_allowed",
            Self::ServiceType(_) => "service_type",
            Self::CloudNotForKind => "cloud_not_for_kind",
            Self::Unchecked { .. } => "unchecked",
            Self::ChecklistVersion(_) => "checklist_version",
            Self::UnknownChecklist => "unknown_checklist",
            Self::PersonalInformation => "personal_information",
            Self::MissingReference(_) => "missing_reference",
            Self::NotOnRecord => "not_on_record",
            Self::EndNotAfterStart => "end_not_after_start",
            Self::PeriodTooLong(_) => "period_too_long",
            Self::AfterEnd => "after_end",
            Self::NobodyDecides => "nobody_decides",
            Self::UnknownClause(_) => "unknown_clause",
            Self::NeverRelaxed(_) => "never_relaxed",
            Self::OtherBureau(_) => "other_bureau",
        }
    }

    /// The sentence in Japanese.
    pub fn message_ja(&self) -> String {
        match self {
            Self::Missing => "入力してください。".into(),
            Self::MissingOneOf(fields) => {
                format!("次のいずれかを入力してください: {}", fields.join("、"))
            }
            Self::UnknownField => "この種別にない項目です。".into(),
            Self::TooLong(max) => format!("{max}文字以内で入力してください。"),
            Self::Format(format) => format!("{}の形式で入力してください。", format.title_ja()),
            Self::ClassNotAllowed(class) => format!("{}の情報は扱えません。", class.title_ja()),
            Self::ServiceType(kind) => {
                format!("この種別は「{}」のためのものです。", kind.title_ja())
            }
            Self::CloudNotForKind => "この種別ではクラウドを指定できません。".into(),
            Self::Unchecked { ja, .. } => format!("確認されていません: {ja}"),
            Self::ChecklistVersion(version) => {
                format!("確認票は版{version}です。この版に回答してください。")
            }
            Self::UnknownChecklist => "この種別にない確認票です。".into(),
            Self::PersonalInformation => "個人情報を送ることはできません。".into(),
            Self::MissingReference(what) => format!("{}を指定してください。", what.title_ja()),
            Self::NotOnRecord => "登録がないか、廃止されています。".into(),
            Self::EndNotAfterStart => "終期は始期及び現在より後にしてください。".into(),
            Self::PeriodTooLong(latest) => format!(
                "終期は{}までにしてください。",
                standard::pack::JST
                    .to_datetime(*latest)
                    .strftime("%Y-%m-%d %H:%M")
            ),
            Self::AfterEnd => "許可の終期より後の日は指定できません。".into(),
            Self::NobodyDecides => {
                "この段階を決定する職にも、その上の職にも、就いている者がいません。".into()
            }
            Self::UnknownClause(clause) => format!("条項{clause}は対策基準にありません。"),
            Self::NeverRelaxed(clause) => format!("条項{clause}は例外にできません。"),
            Self::OtherBureau(what) => format!("{what}は当該局(区)に属していません。"),
        }
    }
}
