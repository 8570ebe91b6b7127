//! Rows as SeaORM reads them. They stay in here; states leave by `TryFrom`.

use sea_orm::DbErr;
use serde::de::DeserializeOwned;

/// Permits.
pub(super) mod permit {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "permit")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub state: String,
        pub kind: String,
        pub applicant_id: String,
        pub person_id: String,
        pub section_id: Option<String>,
        pub bureau_id: Option<String>,
        pub system_id: Option<String>,
        pub phase: String,
        pub applied_at: i64,
        pub ends_at: Option<i64>,
        pub completion_due_at: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Marks of permits.
pub(super) mod permit_mark {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "permit_mark")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub sort: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub value: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Exceptions.
pub(super) mod exception {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "exception")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub state: String,
        pub bureau_id: String,
        pub phase: String,
        pub began_at: i64,
        pub starts_at: i64,
        pub ends_at: i64,
        pub report_due_at: Option<i64>,
        pub reported: bool,
        pub overdue_recorded: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Marks of exceptions.
pub(super) mod exception_mark {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "exception_mark")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub sort: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub value: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

impl TryFrom<permit::Model> for approvals_domain::Permit {
    type Error = DbErr;

    fn try_from(row: permit::Model) -> Result<Self, DbErr> {
        state("permit", &row.id, &row.state)
    }
}

impl TryFrom<exception::Model> for approvals_domain::Exception {
    type Error = DbErr;

    fn try_from(row: exception::Model) -> Result<Self, DbErr> {
        state("exception", &row.id, &row.state)
    }
}

/// What this version of the program did not write is a fault of the database, named by its row.
fn state<T: DeserializeOwned>(table: &str, id: &str, text: &str) -> Result<T, DbErr> {
    serde_json::from_str(text)
        .map_err(|error| DbErr::Type(format!("{table} {id} is corrupt: {error}")))
}
