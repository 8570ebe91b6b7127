//! What a resource that was sent says of a member of staff.

use kernel::{PersonId, SectionId};
use rpc::Fields;
use serde_json::Value;

use crate::scim::{refused::Refused, schema::ENTERPRISE};

/// Longest id of a client.
const MAX_EXTERNAL_ID: usize = 200;

/// See the module.
#[derive(Debug, Clone)]
pub(in crate::scim) struct Wanted {
    pub(super) id: PersonId,
    pub(super) name: String,
    pub(super) section: SectionId,
    /// None = as it is.
    pub(super) non_regular: Option<bool>,
    /// None = as it is.
    pub(super) active: Option<bool>,
    pub(super) external_id: Option<String>,
}

impl Wanted {
    /// Reads a resource whose names are those of the schema.
    ///
    /// # Errors
    /// Every value at fault.
    pub(in crate::scim) fn read(resource: &Value) -> Result<Self, Refused> {
        let mut fields = Fields::new();
        let department = format!("{}:department", ENTERPRISE.id);
        let inner = &resource[ENTERPRISE.id]["department"];
        let user_name = text(&mut fields, "userName", &resource["userName"]);
        let display_name = text(&mut fields, "displayName", &resource["displayName"]);
        let section = text(&mut fields, &department, inner);
        let user_type = text(&mut fields, "userType", &resource["userType"]);
        let external_id = text(&mut fields, "externalId", &resource["externalId"]);
        let wanted = Self {
            id: fields.id("userName", user_name),
            name: fields.text("displayName", display_name, 1..=200),
            section: fields.id(&department, section),
            non_regular: employment(&mut fields, user_type),
            active: active(&mut fields, &resource["active"]),
            external_id: fields.optional_text("externalId", external_id, MAX_EXTERNAL_ID),
        };
        Refused::unless_good(fields)?;
        Ok(wanted)
    }
}

fn text<'a>(fields: &mut Fields, name: &str, value: &'a Value) -> &'a str {
    match value {
        Value::String(text) => text,
        Value::Null => "",
        _ => {
            fields.fail(
                name,
                "scim_text_required",
                "must be a text",
                "文字列としてください。",
            );
            ""
        }
    }
}

fn employment(fields: &mut Fields, word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "" => None,
        "regular" => Some(false),
        "non_regular" => Some(true),
        _ => {
            let ja = "regular又はnon_regularとしてください。";
            fields.fail(
                "userType",
                "word_unknown",
                "must be regular or non_regular",
                ja,
            );
            None
        }
    }
}

fn active(fields: &mut Fields, value: &Value) -> Option<bool> {
    match value {
        Value::Null => None,
        Value::Bool(active) => Some(*active),
        _ => {
            let ja = "true又はfalseとしてください。";
            fields.fail(
                "active",
                "scim_boolean_required",
                "must be true or false",
                ja,
            );
            None
        }
    }
}
