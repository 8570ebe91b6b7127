//! A section as a group.

use identity_domain::organisation::section::Record;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::scim::{
    schema::{GROUP, USER},
    segment,
    users::User,
    version::version,
};

/// A section, and who belongs to it now.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) record: Record,
    /// None where nobody asked.
    pub(super) members: Option<Vec<User>>,
    /// When its record was changed last.
    pub(super) changed: Timestamp,
}

impl Group {
    /// The resource. It has a version where its members are known.
    pub(super) fn shown(&self, base: &str) -> Value {
        let id = self.record.id.as_str();
        let mut shown = json!({
            "schemas": [GROUP.schema.id],
            "id": id,
            "displayName": self.record.name,
        });
        let mut meta = json!({
            "resourceType": GROUP.name,
            "lastModified": self.changed.to_string(),
            "location": format!("{base}{}/{}", GROUP.endpoint, segment(id)),
        });
        if let Some(members) = &self.members {
            let members = members.iter().map(|user| member(user, base));
            shown["members"] = members.collect();
            meta["version"] = version(&shown).into();
        }
        shown["meta"] = meta;
        shown
    }
}

fn member(user: &User, base: &str) -> Value {
    let id = user.record.id.as_str();
    json!({
        "value": id,
        "$ref": format!("{base}{}/{}", USER.endpoint, segment(id)),
        "display": user.record.name,
        "type": USER.name,
    })
}
