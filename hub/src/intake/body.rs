//! Reads a request's body, and no more of it than an envelope may have.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use otsupport_wire::enquiry::ProblemCode;

use super::rules::LARGEST;

/// Whoever sends is given so long. An envelope of 32 kilobytes arrives within it at 9 kilobits a second.
const PATIENCE: Duration = Duration::from_secs(30);

/// The body, whole.
///
/// # Errors
/// [`ProblemCode::TooLarge`], at once where the sender says so. A body that came too slowly or was cut is
/// [`ProblemCode::Unavailable`]: the same envelope is welcome later.
pub(super) async fn whole(body: Body) -> Result<Vec<u8>, ProblemCode> {
    if body.size_hint().lower() > LARGEST as u64 {
        return Err(ProblemCode::TooLarge);
    }
    tokio::time::timeout(PATIENCE, gathered(body)).await.unwrap_or(Err(ProblemCode::Unavailable))
}

async fn gathered(mut body: Body) -> Result<Vec<u8>, ProblemCode> {
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| ProblemCode::Unavailable)?;
        if let Some(data) = frame.data_ref() {
            bytes.extend_from_slice(data);
        }
        if bytes.len() > LARGEST {
            return Err(ProblemCode::TooLarge);
        }
    }
    Ok(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::convert::Infallible;
    use std::task::{Context, Poll, ready};

    use axum::body::Bytes;
    use http_body::Frame;
    use tokio::time::{Instant, Sleep, sleep};

    use super::*;

    /// A body of so many pieces of a kilobyte, one every so often.
    struct Drip {
        pieces: usize,
        every: Duration,
        pause: Pin<Box<Sleep>>,
    }

    fn drip(pieces: usize, every: Duration) -> Body {
        Body::new(Drip { pieces, every, pause: Box::pin(sleep(every)) })
    }

    impl HttpBody for Drip {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            ready!(self.pause.as_mut().poll(context));
            let next = Instant::now() + self.every;
            self.pause.as_mut().reset(next);
            self.pieces -= 1;
            let frame = Frame::data(Bytes::from_static(&[0; 1 << 10]));
            Poll::Ready((self.pieces > 0).then_some(Ok(frame)))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_is_waited_for_and_not_for_ever() {
        let began = Instant::now();
        assert_eq!(whole(drip(25, Duration::from_secs(1))).await.map(|it| it.len()), Ok(24 << 10));
        assert_eq!(began.elapsed(), Duration::from_secs(25));
        let began = Instant::now();
        assert_eq!(whole(drip(31, Duration::from_secs(1))).await, Err(ProblemCode::Unavailable));
        assert_eq!(began.elapsed(), Duration::from_secs(30));
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_is_read_than_an_envelope_has() {
        let began = Instant::now();
        assert_eq!(whole(drip(1000, Duration::from_millis(1))).await, Err(ProblemCode::TooLarge));
        assert_eq!(began.elapsed(), Duration::from_millis(33));
        // One that says how long it is is not read at all.
        assert_eq!(whole(Body::from(vec![0; LARGEST + 1])).await, Err(ProblemCode::TooLarge));
        assert_eq!(whole(Body::from(vec![0; LARGEST])).await.map(|it| it.len()), Ok(LARGEST));
    }
}
