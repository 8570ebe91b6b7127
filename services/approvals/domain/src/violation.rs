//! A rule an application does not meet: which field, which clause, and words for people.

mod label;

use kernel::{ClauseId, Fault};
use standard::{
    InformationClass, Pack, Role, ServiceType,
    pack::{FieldFormat, PermitKind, Reference},
};

use label::Label;

/// One rule not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The request field at fault, in proto spelling: `content.need`, `information_class`.
    pub field: String,
    /// The clause it serves.
    pub clause: ClauseId,
    /// What is wrong.
    pub problem: Problem,
    label: Label,
}

impl Violation {
    /// A rule of a clause.
    pub(crate) fn of(clause: &ClauseId, field: impl Into<String>, problem: Problem) -> Self {
        Self {
            field: field.into(),
            clause: clause.clone(),
            problem,
            label: Label::default(),
        }
    }

    /// A rule of the kind itself, under the clause that asks for the permit.
    pub(crate) fn of_kind(kind: &PermitKind, field: impl Into<String>, problem: Problem) -> Self {
        Self::of(kind.asked_by(), field, problem)
    }

    /// With the names of its field as the pack has them.
    pub(crate) fn labelled(mut self, pack: &Pack) -> Self {
        self.label = Label::of(&self.field, pack);
        self
    }

    /// Every clause named, once.
    pub(crate) fn clauses(all: &[Self]) -> Vec<ClauseId> {
        let mut clauses: Vec<ClauseId> = Vec::new();
        for violation in all {
            if !clauses.contains(&violation.clause) {
                clauses.push(violation.clause.clone());
            }
        }
        clauses
    }
}

/// Each of them as a field at fault.
pub(crate) fn faults(violations: &[Violation]) -> Vec<Fault> {
    let one = |v: &Violation| Fault {
        field: v.field.clone(),
        message_en: format!("{} ({})", v.problem, v.clause),
        message_ja: format!("{} ({})", v.problem.message_ja(), v.clause),
    };
    violations.iter().map(one).collect()
}

/// All of them in one English line.
pub(crate) fn list(violations: &[Violation]) -> String {
    let one = |v: &Violation| format!("{} ({}): {}", v.label.en, v.clause, v.problem);
    violations.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// All of them in one Japanese line.
pub(crate) fn list_ja(violations: &[Violation]) -> String {
    let one = |v: &Violation| {
        let (label, clause) = (&v.label.ja, &v.clause);
        format!("{label}({clause}): {}", v.problem.message_ja())
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
    #[error("one of these must be given: {}", en.join(", "))]
    MissingOneOf {
        /// What the fields are called, Japanese.
        ja: Vec<String>,
        /// What the fields are called, English.
        en: Vec<String>,
    },
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
    #[error("must be named")]
    MissingReference(Reference),
    /// What is named is not on record, or no longer.
    #[error("is not on record, or out of service")]
    NotOnRecord,
    /// An ID that is no member of staff's own is given access by no permit.
    #[error(
        "a service ID uses what its registration names, and an ID for emergencies what it is opened for: no permit gives them more"
    )]
    NobodysOwn,
    /// The end does not lie after the start and the present.
    #[error("must lie after the start and in the future")]
    EndNotAfterStart,
    /// The period is too long.
    #[error("must not lie after {0}")]
    PeriodTooLong(jiff::Timestamp),
    /// A date lies after the end.
    #[error("must not lie after the end of the permit")]
    AfterEnd,
    /// What is recorded as done lies ahead.
    #[error("must not lie in the future")]
    InFuture,
    /// What is recorded as done was done before it was permitted.
    #[error("must not lie before the permit holds, from {0}")]
    BeforePermitted(jiff::Timestamp),
    /// Nobody holds the post of the role that decides, nor any above.
    #[error("nobody holds the post that decides here, nor any above it, up to: {}", .0.title_en())]
    NobodyDecides(Role),
    /// No such clause.
    #[error("the standard has no clause {0}")]
    UnknownClause(ClauseId),
    /// No exception may relax that clause.
    #[error("clause {0} can never be relaxed")]
    NeverRelaxed(ClauseId),
    /// A rule has more clauses, and nothing is relaxed before all of them are.
    #[error("clause {clause} is relaxed only together with {}", list_clauses(with))]
    OnlyTogether {
        /// The clause named.
        clause: ClauseId,
        /// Those to be named as well.
        with: Vec<ClauseId>,
    },
    /// Nobody is covered, and the clauses are about what people do.
    #[error("name the people, posts or sections to be relieved of: {}", list_clauses(.0))]
    CoversNobody(Vec<ClauseId>),
    /// No system is covered, and the clauses are about systems.
    #[error("name the systems to be relieved of: {}", list_clauses(.0))]
    CoversNoSystem(Vec<ClauseId>),
    /// Some people or paths are named, and the clauses are about what holds for a whole system.
    #[error("a connection is its system's, whoever uses it: name nobody and no path for {}", list_clauses(.0))]
    CoversWholeSystems(Vec<ClauseId>),
    /// An emergency covers only what is the bureau's own.
    #[error("{0} does not belong to the bureau")]
    OtherBureau(String),
}

/// An instant as it is read in Japan.
fn minute(at: jiff::Timestamp) -> String {
    let at = standard::pack::JST.to_datetime(at);
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

fn list_clauses(clauses: &[ClauseId]) -> String {
    let ids: Vec<&str> = clauses.iter().map(ClauseId::as_str).collect();
    ids.join(", ")
}

impl Problem {
    /// Stable, lower snake case.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::MissingOneOf { .. } => "missing_one_of",
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
            Self::NobodysOwn => "nobodys_own",
            Self::EndNotAfterStart => "end_not_after_start",
            Self::PeriodTooLong(_) => "period_too_long",
            Self::AfterEnd => "after_end",
            Self::InFuture => "in_future",
            Self::BeforePermitted(_) => "before_permitted",
            Self::NobodyDecides(_) => "nobody_decides",
            Self::UnknownClause(_) => "unknown_clause",
            Self::NeverRelaxed(_) => "never_relaxed",
            Self::OnlyTogether { .. } => "only_together",
            Self::CoversNobody(_) => "covers_nobody",
            Self::CoversNoSystem(_) => "covers_no_system",
            Self::CoversWholeSystems(_) => "covers_whole_systems",
            Self::OtherBureau(_) => "other_bureau",
        }
    }

    /// The sentence in Japanese.
    pub fn message_ja(&self) -> String {
        match self {
            Self::Missing => "入力してください。".into(),
            Self::MissingOneOf { ja, .. } => {
                format!("次のいずれかを入力してください: {}", ja.join("、"))
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
            Self::NobodysOwn => "サービスIDは登録に記載したもの、緊急用IDは使用開始の際に承認されたもののみ利用できます。許可では付与できません。".into(),
            Self::EndNotAfterStart => "終期は始期及び現在より後にしてください。".into(),
            Self::PeriodTooLong(latest) => format!("終期は{}までにしてください。", minute(*latest)),
            Self::AfterEnd => "許可の終期より後の日は指定できません。".into(),
            Self::InFuture => "未来の日時は記録できません。".into(),
            Self::BeforePermitted(from) => {
                format!("許可の始期({})より前の日時です。", minute(*from))
            }
            Self::NobodyDecides(top) => format!(
                "決定する職にも、{}までのその上の職にも、就いている者がいません。",
                top.title_ja()
            ),
            Self::UnknownClause(clause) => format!("条項{clause}は対策基準にありません。"),
            Self::NeverRelaxed(clause) => format!("条項{clause}は例外にできません。"),
            Self::OnlyTogether { clause, with } => format!(
                "条項{clause}は、条項{}と併せて指定しなければ例外になりません。",
                list_clauses(with)
            ),
            Self::CoversNobody(clauses) => format!(
                "条項{}の例外の対象となる職員、職又は課公所を指定してください。",
                list_clauses(clauses)
            ),
            Self::CoversNoSystem(clauses) => format!(
                "条項{}の例外の対象となる情報システムを指定してください。",
                list_clauses(clauses)
            ),
            Self::CoversWholeSystems(clauses) => format!(
                "接続は利用する者にかかわらず情報システムのものです。条項{}の例外では、職員、職、課公所及び経路を指定しないでください。",
                list_clauses(clauses)
            ),
            Self::OtherBureau(what) => format!("{what}は当該局(区)に属していません。"),
        }
    }
}
