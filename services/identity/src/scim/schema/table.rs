//! The attributes.

use super::{Attribute, Change, Kind, Schema, Type};

/// The id of the enterprise extension (RFC 7643, 4.3).
const ENTERPRISE_ID: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const fn text(name: &'static str, change: Change, about: &'static str) -> Attribute {
    Attribute {
        name,
        kind: Type::Text,
        multi: false,
        required: false,
        exact: true,
        change,
        always: false,
        unique: false,
        sub: &[],
        words: &[],
        about,
    }
}

const fn typed(name: &'static str, kind: Type, change: Change, about: &'static str) -> Attribute {
    Attribute {
        kind,
        ..text(name, change, about)
    }
}

const ID: Attribute = Attribute {
    always: true,
    unique: true,
    ..text("id", Change::Never, "The code it has here for good")
};

const SCHEMAS: Attribute = Attribute {
    multi: true,
    always: true,
    ..typed("schemas", Type::Reference, Change::Never, "Its schemas")
};

const META: Attribute = Attribute {
    sub: &[
        text("resourceType", Change::Never, "Its kind"),
        typed(
            "lastModified",
            Type::DateTime,
            Change::Never,
            "When its record was last changed",
        ),
        typed("location", Type::Reference, Change::Never, "Its address"),
        text("version", Change::Never, "Its version, as in ETag"),
    ],
    ..typed("meta", Type::Complex, Change::Never, "About the resource")
};

const EXTERNAL_ID: Attribute = text(
    "externalId",
    Change::Free,
    "The id that the client has for it",
);

/// A member of staff.
pub(in crate::scim) static USER: Kind = Kind {
    name: "User",
    endpoint: "/Users",
    common: &[ID, EXTERNAL_ID, META, SCHEMAS],
    schema: &USER_SCHEMA,
    extensions: &[&ENTERPRISE],
};

static USER_SCHEMA: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:core:2.0:User",
    name: "User",
    about: "A member of staff",
    attributes: &[
        Attribute {
            required: true,
            unique: true,
            ..text("userName", Change::Once, "Staff number")
        },
        Attribute {
            required: true,
            exact: false,
            ..text("displayName", Change::Free, "Name as shown")
        },
        Attribute {
            exact: false,
            words: &["regular", "non_regular"],
            ..text("userType", Change::Free, "Kind of employment")
        },
        typed(
            "active",
            Type::Bool,
            Change::Free,
            "Whether the account may be used",
        ),
        Attribute {
            multi: true,
            sub: &[
                text("value", Change::Never, "Section code"),
                typed("$ref", Type::Reference, Change::Never, "Its address"),
                text("type", Change::Never, "How the user belongs to it: direct"),
            ],
            ..typed("groups", Type::Complex, Change::Never, "The section")
        },
    ],
};

/// The section of a member of staff.
pub(in crate::scim) static ENTERPRISE: Schema = Schema {
    id: ENTERPRISE_ID,
    name: "EnterpriseUser",
    about: "Where a member of staff belongs",
    attributes: &[
        text("employeeNumber", Change::Never, "Staff number, as userName"),
        Attribute {
            required: true,
            ..text(
                "department",
                Change::Free,
                "Code of the section or third-class office",
            )
        },
    ],
};

/// A section or third-class office.
pub(in crate::scim) static GROUP: Kind = Kind {
    name: "Group",
    endpoint: "/Groups",
    common: &[ID, META, SCHEMAS],
    schema: &GROUP_SCHEMA,
    extensions: &[],
};

static GROUP_SCHEMA: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:core:2.0:Group",
    name: "Group",
    about: "A section or third-class office",
    attributes: &[
        Attribute {
            exact: false,
            ..text("displayName", Change::Never, "Its name")
        },
        Attribute {
            multi: true,
            sub: &[
                text("value", Change::Once, "Staff number"),
                typed("$ref", Type::Reference, Change::Never, "Its address"),
                Attribute {
                    exact: false,
                    ..text("display", Change::Never, "Name as shown")
                },
                text("type", Change::Never, "User"),
            ],
            ..typed(
                "members",
                Type::Complex,
                Change::Free,
                "Who belongs to it now",
            )
        },
    ],
};
