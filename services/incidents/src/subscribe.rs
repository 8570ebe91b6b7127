//! What other services say, and the incidents that open by themselves.

mod contradiction;
mod identity;
mod machine;
mod suspicions;

pub(crate) use identity::Identity;
pub(crate) use suspicions::Suspicions;

#[cfg(test)]
mod tests;
