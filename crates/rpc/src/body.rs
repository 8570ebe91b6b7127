//! Answers on their way out: counted when they end, ended when the server stops, and cut off when
//! the caller's token no longer holds.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use auth::{Principal, Verifier};
use axum::body::Body;
use bytes::Bytes;
use http::HeaderMap;
use http_body::{Frame, SizeHint};
use runtime::CancellationToken;
use tonic::{Code, Status};

use crate::{layers::Answered, status};

type Polled = Poll<Option<Result<Frame<Bytes>, axum::Error>>>;

/// The body of every answer.
pub(crate) struct Watched {
    inner: Body,
    answered: Option<Answered>,
    stop: CancellationToken,
    stopping: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl Watched {
    pub(crate) fn new(inner: Body, answered: Answered, stop: CancellationToken) -> Self {
        Self {
            inner,
            answered: Some(answered),
            stop,
            stopping: None,
        }
    }

    fn over(&mut self, trailers: Option<&HeaderMap>) {
        let code = trailers
            .and_then(Status::from_header_map)
            .map_or(Code::Ok, |status| status.code());
        if let Some(mut answered) = self.answered.take() {
            answered.with(code);
        }
    }
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        let this = self.get_mut();
        // Ended by us: nothing comes after the trailers.
        if this.answered.is_none() {
            return Poll::Ready(None);
        }
        match Pin::new(&mut this.inner).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(trailers) = frame.trailers_ref() {
                    this.over(Some(trailers));
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(None) => {
                this.over(None);
                Poll::Ready(None)
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error))),
            // A stream that waits for news would keep a stopping server waiting for ever.
            Poll::Pending => {
                let stop = &this.stop;
                let stopping = this
                    .stopping
                    .get_or_insert_with(|| Box::pin(stop.clone().cancelled_owned()));
                std::task::ready!(stopping.as_mut().poll(cx));
                let trailers = trailers(&status::stopping());
                this.over(Some(&trailers));
                Poll::Ready(Some(Ok(Frame::trailers(trailers))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The body of an answer to a known caller. From the second message on, each is sent only while
/// the token still holds: a leaver's open stream ends.
pub(crate) struct Guarded {
    inner: Body,
    verifier: Verifier,
    principal: Arc<Principal>,
    begun: bool,
    cut: bool,
}

impl Guarded {
    pub(crate) fn new(inner: Body, verifier: Verifier, principal: Arc<Principal>) -> Self {
        Self {
            inner,
            verifier,
            principal,
            begun: false,
            cut: false,
        }
    }
}

impl http_body::Body for Guarded {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        let this = self.get_mut();
        if this.cut {
            return Poll::Ready(None);
        }
        let polled = std::task::ready!(Pin::new(&mut this.inner).poll_frame(cx));
        let message = matches!(&polled, Some(Ok(frame)) if frame.is_data());
        if message
            && std::mem::replace(&mut this.begun, true)
            && let Err(refused) = this.verifier.still_good(&this.principal)
        {
            this.cut = true;
            let trailers = trailers(&status::refused(refused));
            return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
        }
        Poll::Ready(polled)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

fn trailers(status: &Status) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    // Our own words always fit into a header.
    let _ = status.add_header(&mut trailers);
    trailers
}
