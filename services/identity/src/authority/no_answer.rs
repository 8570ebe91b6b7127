//! Why the question of who may has no answer, said so that it can be asked better.

use directory::NoAnswer as Why;
use kernel::{ClauseId, Kind, Refusal};
use standard::{Action, Pack};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoAnswer {
    /// No such action: those there are.
    #[error(
        "there is no action {said:?}; there are the kinds of permit (ListPermitKinds) and: {}",
        known.join(", ")
    )]
    ActionUnknown {
        /// What was asked for.
        said: String,
        /// Every action that is no kind of permit. An error has no room for both.
        known: &'static [&'static str],
    },
    /// No such kind of permit: those there are.
    #[error("there is no kind of permit {said:?} to apply for; there are: {}", known.join(", "))]
    KindUnknown {
        /// What was asked for.
        said: String,
        /// Every kind of permit that is applied for.
        known: Vec<String>,
    },
    /// Something named does not exist.
    #[error("there is no such section, bureau or system: {0}")]
    NotOnRecord(String, &'static str),
    /// Who may depends on it.
    #[error("who may do this depends on {0}: it must be given")]
    Missing(&'static str),
}

impl NoAnswer {
    pub(crate) fn of(why: Why, pack: &Pack) -> Self {
        let kinds = || {
            let kinds = pack
                .permit_kinds()
                .iter()
                .filter(|kind| kind.is_applied_for());
            kinds.map(|kind| kind.id.clone())
        };
        match why {
            Why::ActionUnknown(said) => Self::ActionUnknown {
                said,
                known: Action::CODES,
            },
            Why::KindUnknown(said) => Self::KindUnknown {
                said,
                known: kinds().collect(),
            },
            Why::SectionUnknown(id) => Self::NotOnRecord(id.to_string(), "section_id"),
            Why::BureauUnknown(id) => Self::NotOnRecord(id.to_string(), "bureau_id"),
            Why::SystemUnknown(id) => Self::NotOnRecord(id.to_string(), "system_id"),
            Why::Missing(field) => Self::Missing(field),
        }
    }
}

impl Refusal for NoAnswer {
    fn kind(&self) -> Kind {
        match self {
            Self::NotOnRecord(..) => Kind::NotFound,
            Self::ActionUnknown { .. } | Self::KindUnknown { .. } | Self::Missing(_) => {
                Kind::Invalid
            }
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::ActionUnknown { .. } => "authority_action_unknown",
            Self::KindUnknown { .. } => "authority_permit_kind_unknown",
            Self::NotOnRecord(..) => "authority_question_unknown",
            Self::Missing(_) => "authority_question_incomplete",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        Vec::new()
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::ActionUnknown { .. } => "action",
            Self::KindUnknown { .. } => "permit_kind",
            Self::NotOnRecord(_, field) | Self::Missing(field) => field,
        };
        Some(field.to_owned())
    }

    fn message_ja(&self) -> String {
        match self {
            Self::ActionUnknown { said, known } => {
                let known = known.join("、");
                format!(
                    "事務「{said}」はありません。許可の種別（ListPermitKinds）又は次のいずれかです: {known}"
                )
            }
            Self::KindUnknown { said, known } => {
                let known = known.join("、");
                format!("申請できる許可の種別に「{said}」はありません。次のいずれかです: {known}")
            }
            Self::NotOnRecord(id, _) => {
                format!("該当する課公所、局(区)又は情報システムがありません: {id}")
            }
            Self::Missing(field) => {
                format!("誰が行えるかは {field} によって決まります。指定してください。")
            }
        }
    }
}
