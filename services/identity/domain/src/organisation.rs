//! The city: bureaus and wards, their sections and offices, the posts in them and the people who
//! hold the posts. Roles belong to posts (充て職): whoever holds the post holds the role, from
//! the moment of the assignment and no longer than it lasts.

pub mod authority;
pub mod bureau;
pub mod delegation;
pub mod person;
mod place;
pub mod post;
pub mod section;

pub use authority::{Authority, HeldPost, Home};
pub use place::Place;
