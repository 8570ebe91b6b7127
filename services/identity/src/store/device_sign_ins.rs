//! Devices that wait to be let in, in the database.

use identity_domain::device_sign_in::{Event, State};
use proto::record::Outgoing;
use sea_orm::{DbErr, ExprTrait as _, sea_query::Condition};
use store::{Aggregate, Column, Unit};

use super::query;
use crate::publish;

/// How long after its end one is kept, so that the device hears of it: seconds.
const KEPT: i64 = 3600;

/// See the module.
pub(crate) struct DeviceSignIns;

impl Aggregate for DeviceSignIns {
    type State = State;

    const TABLE: &'static str = "device_sign_in";

    fn columns(state: &State) -> Vec<Column> {
        let asked = state.asked.as_ref();
        let user_code = asked.map(|asked| asked.user_code.clone());
        let ends_at = asked.map_or(0, |asked| asked.ends_at.as_second());
        vec![
            ("user_code", user_code.unwrap_or_default().into()),
            ("ends_at", ends_at.into()),
        ]
    }

    fn publish(event: &Event, state: &State) -> Outgoing {
        publish::device_sign_in(event, state)
    }
}

/// Those with that code; one at most that waits.
pub(crate) fn with_user_code(hash: &str) -> Condition {
    Condition::all().add(query::column("user_code").eq(hash))
}

/// Deletes those that are long over: what happened is on record.
pub(crate) async fn forget_device_sign_ins(unit: &Unit) -> Result<(), DbErr> {
    let before = unit.context().now.as_second() - KEPT;
    let sql = "DELETE FROM device_sign_in WHERE ends_at < $1";
    unit.run(sql, [before.into()]).await.map(|_| ())
}
