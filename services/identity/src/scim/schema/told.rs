//! Schemas and kinds of resources, as a client reads them (RFC 7643, 6 and 7).

use serde_json::{Value, json};

use super::{Attribute, Change, Kind, Schema, Type};

impl Schema {
    /// Its entry of `/Schemas`.
    pub(in crate::scim) fn told(&self, base: &str) -> Value {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": self.id,
            "name": self.name,
            "description": self.about,
            "attributes": self.attributes.iter().map(Attribute::told).collect::<Vec<_>>(),
            "meta": { "resourceType": "Schema", "location": format!("{base}/Schemas/{}", self.id) },
        })
    }
}

impl Kind {
    /// Its entry of `/ResourceTypes`.
    pub(in crate::scim) fn told(&self, base: &str) -> Value {
        let extensions = self.extensions.iter().map(|schema| {
            let required = schema.attributes.iter().any(|one| one.required);
            json!({ "schema": schema.id, "required": required })
        });
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": self.name,
            "name": self.name,
            "description": self.schema.about,
            "endpoint": self.endpoint,
            "schema": self.schema.id,
            "schemaExtensions": extensions.collect::<Vec<_>>(),
            "meta": {
                "resourceType": "ResourceType",
                "location": format!("{base}/ResourceTypes/{}", self.name),
            },
        })
    }
}

impl Attribute {
    fn told(&self) -> Value {
        let mut told = json!({
            "name": self.name,
            "type": match self.kind {
                Type::Text => "string",
                Type::Bool => "boolean",
                Type::DateTime => "dateTime",
                Type::Reference => "reference",
                Type::Complex => "complex",
            },
            "multiValued": self.multi,
            "description": self.about,
            "required": self.required,
            "mutability": match self.change {
                Change::Never => "readOnly",
                Change::Once => "immutable",
                Change::Free => "readWrite",
            },
            "returned": if self.always { "always" } else { "default" },
        });
        match self.kind {
            Type::Complex => {
                told["subAttributes"] = self.sub.iter().map(Self::told).collect();
            }
            Type::Text => {
                told["caseExact"] = self.exact.into();
                told["uniqueness"] = if self.unique { "server" } else { "none" }.into();
            }
            Type::Reference => told["referenceTypes"] = json!(["uri"]),
            Type::Bool | Type::DateTime => {}
        }
        if !self.words.is_empty() {
            told["canonicalValues"] = self.words.into();
        }
        told
    }
}
