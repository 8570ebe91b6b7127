//! Records as they come: from where the caller says, without a hole, as long as its token is good.

use jiff::SignedDuration;
use proto::audit::v1::{StreamRecordsRequest, StreamRecordsResponse};
use testkit::refused;
use tonic::{Code, Streaming};

use crate::city::{City, on_both};

async fn follow(city: &City, from_index: u64) -> Streaming<StreamRecordsResponse> {
    let request = StreamRecordsRequest {
        from_index,
        fitting: None,
    };
    city.auditor()
        .stream_records(request)
        .await
        .unwrap()
        .into_inner()
}

async fn next(stream: &mut Streaming<StreamRecordsResponse>) -> (u64, Vec<u8>) {
    let message = stream.message().await.unwrap().expect("it goes on");
    (message.entry.unwrap().index, message.record)
}

#[tokio::test]
async fn a_stream_begins_where_asked_and_goes_on_with_what_comes() {
    on_both(async |city| {
        city.retire(0..5).await;
        city.records("ledger", 5).await;
        let mut stream = follow(city, 2).await;
        for expected in 2..5 {
            assert_eq!(next(&mut stream).await.0, expected);
        }
        city.retire(5..7).await;
        for expected in 5..7 {
            let (index, record) = next(&mut stream).await;
            assert_eq!(index, expected);
            let record = proto::record::Record::decode(&record).unwrap();
            assert_eq!(record.subject, format!("SYS-{expected}"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_stream_waits_for_an_index_that_is_not_there_yet() {
    on_both(async |city| {
        let mut stream = follow(city, 3).await;
        city.retire(0..4).await;
        assert_eq!(next(&mut stream).await.0, 3);
    })
    .await;
}

#[tokio::test]
async fn a_stream_ends_with_the_token_it_was_opened_with() {
    on_both(async |city| {
        city.retire(0..1).await;
        let mut stream = follow(city, 0).await;
        next(&mut stream).await;
        city.process.clock.advance(SignedDuration::from_secs(301));
        let ended = stream.message().await.unwrap_err();
        assert_eq!(ended.code(), Code::Unauthenticated);
        assert_eq!(refused(&ended).code, "token_expired");
    })
    .await;
}

#[tokio::test]
async fn a_stream_does_not_hold_up_a_server_that_stops() {
    on_both(async |city| {
        city.retire(0..1).await;
        let mut stream = follow(city, 0).await;
        next(&mut stream).await;
        let servers = city.process.runtime().tasks.stage(runtime::Stage::Servers);
        let (ended, ()) = tokio::join!(stream.message(), servers.stop_stage());
        assert_eq!(refused(&ended.unwrap_err()).code, "stopping");
    })
    .await;
}
