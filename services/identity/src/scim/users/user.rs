//! A member of staff as a user.

use identity_domain::organisation::person::{Entry, Record};
use jiff::Timestamp;
use kernel::SectionId;
use serde_json::{Value, json};

use crate::scim::{
    schema::{ENTERPRISE, USER},
    segment,
    version::version,
};

/// What is known of one who has not left.
#[derive(Debug, Clone)]
pub(in crate::scim) struct User {
    pub(in crate::scim) record: Record,
    pub(in crate::scim) external_id: Option<String>,
    /// The account must not be used.
    pub(in crate::scim) stopped: bool,
    /// When one of these was changed last.
    pub(in crate::scim) changed: Timestamp,
    /// When it was looked at.
    pub(in crate::scim) now: Timestamp,
}

impl User {
    /// The section at that instant, or the one the person is to come to.
    pub(in crate::scim) fn section(&self) -> Option<&SectionId> {
        self.record.section(self.now)
    }

    /// The resource.
    pub(in crate::scim) fn shown(&self, base: &str) -> Value {
        let id = self.record.id.as_str();
        let section = self.section().map_or("", SectionId::as_str);
        let employed = if self.record.non_regular {
            "non_regular"
        } else {
            "regular"
        };
        let mut shown = json!({
            "schemas": [USER.schema.id, ENTERPRISE.id],
            "id": id,
            "userName": id,
            "displayName": self.record.name,
            "userType": employed,
            "active": !self.stopped,
            "groups": [{
                "value": section,
                "$ref": format!("{base}/Groups/{}", segment(section)),
                "type": "direct",
            }],
            ENTERPRISE.id: { "employeeNumber": id, "department": section },
        });
        if let Some(external_id) = &self.external_id {
            shown["externalId"] = external_id.as_str().into();
        }
        let version = version(&shown);
        shown["meta"] = json!({
            "resourceType": USER.name,
            "lastModified": self.changed.to_string(),
            "location": format!("{base}{}/{}", USER.endpoint, segment(id)),
            "version": version,
        });
        shown
    }

    /// What is said of the person where only the section changes, from now on or from their first
    /// day. A leaving that was set stays set.
    pub(in crate::scim) fn entry(&self, section: SectionId) -> Entry {
        let spells = self.record.memberships.spells();
        let first = spells.first().filter(|first| self.now < first.since);
        let moves = self.section() != Some(&section);
        Entry {
            id: self.record.id.clone(),
            name: self.record.name.clone(),
            since: first.filter(|_| moves).map(|first| first.since),
            section,
            leaves_at: spells.last().and_then(|last| last.until),
            non_regular: self.record.non_regular,
        }
    }
}
