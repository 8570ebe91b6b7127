//! Changes of the organisation take turns: a rule that spans several posts or sections (one post
//! for a role) could not be judged while another change is half done. They are rare. What is granted
//! takes its turn among them, since it ends with the membership it is granted to.

use sea_orm::DbErr;
use store::Unit;

/// Waits until no other change of the organisation is open, and keeps others out until the unit
/// ends.
pub(crate) async fn take_turn(unit: &Unit) -> Result<(), DbErr> {
    let sql = "UPDATE turn SET name = name WHERE name = 'organisation'";
    unit.run(sql, []).await.map(|_| ())
}
