use std::convert::Infallible;

use tokio::sync::mpsc;

use super::*;

#[tokio::test]
async fn a_task_that_ends_before_its_time_fails_the_process_by_name() {
    let ended = Tasks::default();
    ended.spawn("relay", async { Ok::<(), Infallible>(()) });
    assert_eq!(ended.failed().await.to_string(), "task relay ended early");

    let failed = Tasks::default();
    failed.spawn("consumer", async { Err("no database") });
    assert_eq!(
        failed.failed().await.to_string(),
        "task consumer failed: no database"
    );

    let panicked = Tasks::default();
    panicked.spawn("clock", async {
        panic!("number {}", 7) as Result<(), Infallible>
    });
    assert_eq!(
        panicked.failed().await.to_string(),
        "task clock panicked: number 7"
    );
    assert!(panicked.failure().is_some());
}

#[tokio::test]
async fn brief_work_may_end_but_not_panic() {
    let tasks = Tasks::default();
    tasks.spawn_brief("report", async {});
    tasks.stop().await;
    assert_eq!(tasks.failure(), None);

    let tasks = Tasks::default();
    tasks.spawn_brief("report", async { panic!("oh") });
    assert_eq!(tasks.failed().await.task, "report");
}

#[tokio::test]
async fn stages_stop_in_order_each_after_the_one_before_has_ended() {
    let tasks = Tasks::default();
    let (said, mut heard) = mpsc::unbounded_channel();
    // Started in the wrong order on purpose.
    for stage in [
        Stage::Foundations,
        Stage::Background,
        Stage::Relays,
        Stage::Servers,
        Stage::Consumers,
    ] {
        let tasks = tasks.stage(stage);
        let token = tasks.shutdown_token();
        let said = said.clone();
        tasks.spawn(format!("{stage:?}"), async move {
            token.cancelled().await;
            tokio::task::yield_now().await;
            said.send(stage).map_err(|_| "nobody hears")
        });
    }
    tasks.stop().await;
    let mut order = Vec::new();
    while let Ok(stage) = heard.try_recv() {
        order.push(stage);
    }
    assert_eq!(order, Stage::ALL);
    assert_eq!(tasks.failure(), None, "stopping is not failing");
}
