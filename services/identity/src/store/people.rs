//! Members of staff in the database.

use identity_domain::organisation::person::{Event, State};
use kernel::SectionId;
use proto::record::Outgoing;
use sea_orm::sea_query::Expr;
use store::{Aggregate, Column};

use super::query;
use crate::publish;

/// See the module.
pub(crate) struct People;

impl Aggregate for People {
    type State = State;

    const TABLE: &'static str = "person";

    fn columns(state: &State) -> Vec<Column> {
        let record = state.registered.as_ref();
        let spells = record
            .into_iter()
            .flat_map(|record| record.memberships.spells());
        let sections: String = spells.map(|spell| belonging_to(&spell.value)).collect();
        let search = record.map(|record| search_key(&format!("{}\n{}", record.id, record.name)));
        let ends_at = record.and_then(|record| record.memberships.spells().last()?.until);
        vec![
            ("ends_at", ends_at.map(store::micros).into()),
            (
                "kind",
                record.map_or("", |record| record.kind.as_str()).into(),
            ),
            ("sections", sections.into()),
            ("search", search.unwrap_or_default().into()),
        ]
    }

    fn publish(event: &Event, _: &State) -> Outgoing {
        publish::person(event)
    }
}

/// People who belong to the section, are to, or belonged to it last.
pub(crate) fn in_section(section: &SectionId) -> Expr {
    query::contains("sections", &belonging_to(section))
}

/// A section's code between marks that no id contains.
fn belonging_to(section: &SectionId) -> String {
    format!("/{section}/")
}

/// A text as it is searched by: width, case and white space do not matter.
pub(crate) fn search_key(text: &str) -> String {
    sheet::heading(text)
}
