//! Incidents as a service: a real process on SQLite and on PostgreSQL, the other services' words
//! said by the tests.

mod suite {
    mod chain;
    mod city;
    mod containment;
    mod deputies;
    mod errors;
    mod machine;
    mod overdue;
    mod put_back;
    mod reading;
}
