//! A request's one message, whole before anyone acts on it: bounded, as long as it says, and kept
//! for the record of a refusal, which names what the request was about.

use std::{pin::Pin, sync::Arc};

use auth::Principal;
use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use bytes::{Buf, Bytes, BytesMut};
use http_body::Body as _;
use tonic::Status;

use super::answer;
use crate::{shell::Shell, status};

/// gRPC puts before a message whether it is compressed, and its length.
const HEAD: usize = 5;

/// The message's own bytes.
#[derive(Debug, Clone)]
pub(super) struct Message(pub(super) Bytes);

pub(crate) async fn message(
    State(shell): State<Arc<Shell>>,
    request: Request,
    next: Next,
) -> Response {
    let method = request.uri().path();
    let known = request.extensions().get::<Arc<Principal>>().is_some();
    // Of somebody unknown who will be turned away nothing is read.
    let read = known || shell.is_open(method);
    if !(read && shell.subjects.is_unary(method)) {
        return next.run(request).await;
    }
    let limit = shell.limits.max_message_bytes;
    let (mut parts, body) = request.into_parts();
    let framed = whole(body, HEAD + limit).await;
    match unframed(&framed, limit) {
        Ok(message) => parts.extensions.insert(Message(message)),
        Err(refused) => return answer(refused),
    };
    next.run(Request::from_parts(parts, Body::from(framed)))
        .await
}

/// What came, up to a little more than `most`: whoever sends on is not listened to.
async fn whole(mut body: Body, most: usize) -> Bytes {
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    loop {
        let next = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await;
        // A caller that broke off is answered by what is missing, if it still listens.
        let Some(Ok(frame)) = next else { break };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if first.is_empty() && all.is_empty() {
            first = data;
        } else {
            all.extend_from_slice(&std::mem::take(&mut first));
            all.extend_from_slice(&data);
        }
        if first.len() + all.len() > most {
            break;
        }
    }
    if all.is_empty() { first } else { all.freeze() }
}

fn unframed(framed: &Bytes, limit: usize) -> Result<Bytes, Status> {
    let mut message = framed.clone();
    if message.len() < HEAD {
        return Err(status::message_cut(None, message.len()));
    }
    message.advance(1);
    let announced = message.get_u32() as usize;
    if announced > limit {
        Err(status::message_too_large(limit))
    } else if announced == message.len() {
        Ok(message)
    } else {
        Err(status::message_cut(Some(announced), message.len()))
    }
}

#[cfg(test)]
mod tests {
    use tonic::Code;

    use super::*;

    fn judged(framed: &'static [u8]) -> Result<Bytes, (Code, String)> {
        let judged = unframed(&Bytes::from_static(framed), 3);
        judged.map_err(|status| (status.code(), status.message().to_owned()))
    }

    #[test]
    fn a_message_is_as_long_as_it_says_and_no_longer_than_it_may_be() {
        assert_eq!(judged(b"\0\0\0\0\x03abc"), Ok(Bytes::from_static(b"abc")));
        assert_eq!(judged(b"\0\0\0\0\0"), Ok(Bytes::new()));
        for (framed, code, words) in [
            (&b""[..], Code::InvalidArgument, "no message"),
            (b"\0\0\0\0", Code::InvalidArgument, "no message"),
            (b"\0\0\0\0\x02a", Code::InvalidArgument, "2 bytes and has 1"),
            (
                b"\0\0\0\0\x01ab",
                Code::InvalidArgument,
                "1 bytes and has 2",
            ),
            (b"\0\0\0\0\x04abcd", Code::OutOfRange, "3 bytes"),
            (b"\0\xff\xff\xff\xff", Code::OutOfRange, "3 bytes"),
        ] {
            let (got, said) = judged(framed).expect_err("refused");
            assert_eq!(got, code, "{framed:?}");
            assert!(said.contains(words), "{said}");
        }
    }

    #[tokio::test]
    async fn what_comes_in_pieces_is_put_together_and_never_much_more_than_asked_for() {
        let pieces = |n: usize| {
            let pieces = (0..n).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(b"ab")));
            Body::from_stream(futures::stream::iter(pieces.collect::<Vec<_>>()))
        };
        assert_eq!(whole(pieces(0), 9).await, "");
        assert_eq!(whole(pieces(1), 9).await, "ab");
        assert_eq!(whole(pieces(3), 9).await, "ababab");
        assert_eq!(whole(pieces(1_000), 9).await.len(), 10);
    }
}
