//! A section (課公所, clause 1-3-1) or a third-class office (三種公所).
//!
//! A section belongs to a bureau. A third-class office belongs to a section of the same bureau,
//! one level deep and no deeper: the section's information manager is in charge of it too.
//! Recorded once, it may be renamed, and move to another bureau while it has no posts and no
//! offices; it is never removed.

use kernel::{BureauId, ClauseId, Context, Decider, Kind, SectionId};
use serde::{Deserialize, Serialize};

use crate::clause;

/// What is known of it; nothing before it is recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The record.
    pub recorded: Option<Record>,
}

/// A section's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Section code.
    pub id: SectionId,
    /// Bureau or ward.
    pub bureau: BureauId,
    /// Name, for example 税制課.
    pub name: String,
    /// For a third-class office: the section it belongs to.
    pub parent: Option<SectionId>,
}

/// What can be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Record it, or change its record.
    Record(Record),
}

/// What happens to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was recorded or changed.
    Recorded(Record),
}

/// What the decision must know of its surroundings.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The named bureau is recorded.
    pub bureau_known: bool,
    /// The named parent, when it is recorded.
    pub parent: Option<Record>,
    /// Third-class offices belong to this section.
    pub has_offices: bool,
    /// Posts sit in this section.
    pub has_posts: bool,
}

/// Why it is not recorded so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such bureau.
    #[error("bureau {0} is not recorded")]
    BureauUnknown(BureauId),
    /// No such section to belong to.
    #[error("section {0}, which the office is to belong to, is not recorded")]
    ParentUnknown(SectionId),
    /// An office of an office, or of another bureau's section.
    #[error("a third-class office belongs to a section of its own bureau, one level deep")]
    ParentUnfit,
    /// Its posts and offices would be left in the old bureau.
    #[error("a section with posts or offices keeps its bureau; record it under a new code")]
    InUse,
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::BureauUnknown(_) | Self::ParentUnknown(_) => Kind::NotFound,
            Self::ParentUnfit => Kind::Invalid,
            Self::InUse => Kind::Precondition,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::BureauUnknown(_) => "section_bureau_unknown",
            Self::ParentUnknown(_) => "section_parent_unknown",
            Self::ParentUnfit => "section_parent_unfit",
            Self::InUse => "section_in_use",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        vec![clause::INFORMATION_MANAGER]
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::BureauUnknown(_) | Self::InUse => "bureau_id",
            Self::ParentUnknown(_) | Self::ParentUnfit => "parent_section_id",
        };
        Some(field.to_owned())
    }

    fn message_ja(&self) -> String {
        match self {
            Self::BureauUnknown(id) => format!("局・区 {id} は登録されていません。"),
            Self::ParentUnknown(id) => format!("所属先の課公所 {id} は登録されていません。"),
            Self::ParentUnfit => {
                "三種公所は、同じ局・区の課公所に直接属するものとしてください。".to_owned()
            }
            Self::InUse => {
                "職又は三種公所のある課公所の局・区は変更できません。新しいコードで登録してください。".to_owned()
            }
        }
    }
}

impl Decider for State {
    type Command = Command;
    type Event = Event;
    type Facts = Facts;
    type Refusal = Refusal;

    fn decide(&self, command: &Command, facts: &Facts, _: &Context) -> Result<Vec<Event>, Refusal> {
        let Command::Record(record) = command;
        if self.recorded.as_ref() == Some(record) {
            return Ok(vec![]);
        }
        if !facts.bureau_known {
            return Err(Refusal::BureauUnknown(record.bureau.clone()));
        }
        let before = self.recorded.as_ref();
        let moves = before.is_some_and(|before| before.bureau != record.bureau);
        if moves && (facts.has_posts || facts.has_offices) {
            return Err(Refusal::InUse);
        }
        if let Some(id) = &record.parent {
            let parent = facts.parent.as_ref();
            let parent = parent.ok_or_else(|| Refusal::ParentUnknown(id.clone()))?;
            // Itself as parent fails here too: it would be an office from then on.
            if parent.parent.is_some() || parent.bureau != record.bureau || facts.has_offices {
                return Err(Refusal::ParentUnfit);
            }
        }
        Ok(vec![Event::Recorded(record.clone())])
    }

    fn evolve(&mut self, event: &Event) {
        let Event::Recorded(record) = event;
        self.recorded = Some(record.clone());
    }
}

#[cfg(test)]
mod tests;
