//! Overload is refused at once, before it queues (guarantee G11).

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use runtime::metrics;

use super::answer;
use crate::{refused::Refused, shell::Shell, status};

const TRY_AGAIN_AFTER: Duration = Duration::from_millis(500);
/// Health is asked when things are bad, and must not look worse for that.
const EXEMPT: &str = "/grpc.health.v1.Health/";

pub(crate) async fn shed(
    State(shell): State<Arc<Shell>>,
    request: Request,
    next: Next,
) -> Response {
    if request.uri().path().starts_with(EXEMPT) {
        return next.run(request).await;
    }
    // The place is held until the handler answers; a stream that goes on after that is bounded by
    // the streams a connection may have.
    match shell.places.try_acquire() {
        Ok(_place) => next.run(request).await,
        Err(_) => {
            metrics::rpc().shed();
            answer(status::refused(Refused::Overloaded {
                places: shell.limits.max_in_flight,
                after: TRY_AGAIN_AFTER,
            }))
        }
    }
}
