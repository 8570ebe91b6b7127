//! The approvals service as a whole process, on SQLite and on PostgreSQL.

#[path = "suite/afterwards.rs"]
mod afterwards;
#[path = "suite/asked.rs"]
mod asked;
#[path = "suite/city.rs"]
mod city;
#[path = "suite/completion.rs"]
mod completion;
#[path = "suite/deputies.rs"]
mod deputies;
#[path = "suite/every_kind.rs"]
mod every_kind;
#[path = "suite/exceptions.rs"]
mod exceptions;
#[path = "suite/lists.rs"]
mod lists;
#[path = "suite/movers.rs"]
mod movers;
#[path = "suite/nobodys_own.rs"]
mod nobodys_own;
#[path = "suite/permits.rs"]
mod permits;
#[path = "suite/time.rs"]
mod time;
