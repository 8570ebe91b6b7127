//! Requests into commands and filters; every field at fault is named at once.

mod exception;
mod permit;

pub(super) use exception::{
    apply as exception_terms, close, decide as decide_exception, endorse, extend,
    filter as exception_filter, report, revoke as revoke_exception,
};
pub(super) use permit::{
    application, complete, decide, filter as permit_filter, revoke, withdraw, witness,
};

use rpc::{Fields, Page};

/// Longest reason, report or review, in characters.
const LONG: usize = 2_000;
/// Longest name, in characters.
const NAME: usize = 200;

/// A page whose token, if given, is one of ours.
fn page(fields: &mut Fields, size: u32, token: &str) -> Page {
    let page = fields.page(size, token);
    let ours = |key: &str| {
        key.split_once('/')
            .is_some_and(|(at, id)| at.parse::<i64>().is_ok() && !id.is_empty())
    };
    if page.after.as_deref().is_some_and(|key| !ours(key)) {
        fields.fail(
            "page_token",
            "page_token_invalid",
            "is not a token of an earlier answer",
            "前回の応答で返されたトークンではありません。",
        );
    }
    page
}
