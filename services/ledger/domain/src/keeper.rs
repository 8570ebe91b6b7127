//! Whose part of the ledger a caller may write in.
//!
//! The access table has already asked for the role, by the standard's table of actions as this does;
//! what is left is where the caller's post sits.
//! Roles belong to posts, so the shell hands over the posts the directory says the caller holds.

use std::collections::BTreeSet;

use kernel::{Actor, ClauseId, Context, Kind, Refusal, SectionId};
use standard::{Action, Role};

/// One post the caller holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Post {
    /// Its section with that section's third-class offices; empty at bureau or city level.
    pub sections: BTreeSet<SectionId>,
    /// Its roles.
    pub roles: BTreeSet<Role>,
}

/// What the directory says of the caller. The default holds no post and may write nowhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caller {
    /// The posts held.
    pub posts: Vec<Post>,
}

impl Caller {
    /// Refuses who does not keep the section's entries. The platform itself does.
    pub(crate) fn must_keep(&self, section: &SectionId, context: &Context) -> Result<(), NotYours> {
        let keepers = Action::LedgerKeep.roles();
        let keeps = self.posts.iter().any(|post| {
            post.sections.contains(section) && keepers.iter().any(|role| post.roles.contains(role))
        });
        if keeps || matches!(context.actor, Actor::Service(_)) {
            Ok(())
        } else {
            Err(NotYours::Section(section.clone()))
        }
    }

    /// Refuses who does not keep the city's networks. The platform itself does.
    pub(crate) fn must_keep_networks(&self, context: &Context) -> Result<(), NotYours> {
        if self.keeps_networks() || matches!(context.actor, Actor::Service(_)) {
            Ok(())
        } else {
            Err(NotYours::Networks)
        }
    }

    /// Whether an existing ledger is believed to the caller where it left out what is asked for
    /// today: to the platform, and to the network manager, who answers for all of the city's.
    pub(crate) fn may_take_over(&self, context: &Context) -> bool {
        self.must_keep_networks(context).is_ok()
    }

    fn keeps_networks(&self) -> bool {
        let keepers = Action::LedgerKeepNetworks.roles();
        let mut posts = self.posts.iter();
        posts.any(|post| keepers.iter().any(|role| post.roles.contains(role)))
    }
}

/// The entry is not the caller's to write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotYours {
    /// It belongs to a section the caller does not keep.
    #[error("only the information manager of section {0}, or the deputy, may write this entry")]
    Section(SectionId),
    /// It belongs to the network manager.
    #[error("only the network manager may write this entry")]
    Networks,
}

impl Refusal for NotYours {
    fn kind(&self) -> Kind {
        Kind::Denied
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Section(_) => "not_own_section",
            Self::Networks => "not_network_manager",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        vec![match self {
            Self::Section(_) => crate::clauses::SYSTEM_LEDGER,
            Self::Networks => crate::clauses::NETWORK_CLASS,
        }]
    }

    fn message_ja(&self) -> String {
        match self {
            Self::Section(section) => format!(
                "この台帳の記載は、課公所{section}の情報管理者又は副情報管理者だけが変更できます。"
            ),
            Self::Networks => "この台帳の記載は、ネットワーク管理者だけが変更できます。".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
