//! A connection whose patience ends: one on which nothing moves, and one whose client takes nothing, are errors.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// A stream with two limits. It also holds whatever must live as long as the connection, upgraded or not.
pub struct Patient<S, H> {
    stream: S,
    idle: Duration,
    stall: Duration,
    /// When it has been idle for too long; put off by whatever moves.
    quiet: Pin<Box<Sleep>>,
    /// When the client has taken nothing for too long; none while it takes.
    stuck: Option<Pin<Box<Sleep>>>,
    _held: H,
}

impl<S, H> Patient<S, H> {
    /// A stream that ends after `idle` without anything, or after `stall` without the client taking what it is sent.
    pub fn new(stream: S, idle: Duration, stall: Duration, held: H) -> Self {
        Self { stream, idle, stall, quiet: Box::pin(sleep(idle)), stuck: None, _held: held }
    }

    fn moved(&mut self) {
        self.quiet.as_mut().reset(Instant::now() + self.idle);
    }

    /// What a write that has to wait comes to.
    fn wait<T>(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        let stall = self.stall;
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(sleep(stall)));
        stuck.as_mut().poll(cx).map(|()| Err(timed_out("the client takes nothing")))
    }

    fn wrote<T>(&mut self, cx: &mut Context<'_>, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match done {
            Poll::Ready(done) => {
                self.stuck = None;
                self.moved();
                Poll::Ready(done)
            }
            Poll::Pending => self.wait(cx),
        }
    }
}

impl<S: AsyncRead + Unpin, H: Unpin> AsyncRead for Patient<S, H> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match Pin::new(&mut this.stream).poll_read(cx, buf) {
            Poll::Ready(done) => {
                this.moved();
                Poll::Ready(done)
            }
            Poll::Pending => this.quiet.as_mut().poll(cx).map(|()| Err(timed_out("nothing has moved"))),
        }
    }
}

impl<S: AsyncWrite + Unpin, H: Unpin> AsyncWrite for Patient<S, H> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let done = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.wrote(cx, done)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let done = Pin::new(&mut this.stream).poll_write_vectored(cx, pieces);
        this.wrote(cx, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match Pin::new(&mut this.stream).poll_shutdown(cx) {
            Poll::Ready(done) => Poll::Ready(done),
            Poll::Pending => this.wait(cx),
        }
    }
}

fn timed_out(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, why)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    const IDLE: Duration = Duration::from_secs(75);
    const STALL: Duration = Duration::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn a_connection_on_which_nothing_moves_ends() {
        let (_client, server) = duplex(64);
        let mut server = Patient::new(server, IDLE, STALL, ());
        let began = Instant::now();
        let error = server.read_u8().await.unwrap_err();
        assert_eq!((error.kind(), began.elapsed().as_secs()), (io::ErrorKind::TimedOut, 75));
    }

    #[tokio::test(start_paused = true)]
    async fn whatever_moves_puts_the_end_off() {
        let (mut client, server) = duplex(64);
        let mut server = Patient::new(server, IDLE, STALL, ());
        let began = Instant::now();
        let talk = async {
            for _ in 0..4 {
                sleep(Duration::from_secs(60)).await;
                client.write_u8(1).await.unwrap();
            }
            std::future::pending::<()>().await;
        };
        let listen = async {
            for _ in 0..4 {
                server.read_u8().await.unwrap();
            }
            server.read_u8().await.unwrap_err()
        };
        tokio::select! {
            () = talk => unreachable!("it never ends"),
            error = listen => assert_eq!(error.kind(), io::ErrorKind::TimedOut),
        }
        assert_eq!(began.elapsed().as_secs(), 4 * 60 + 75);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_is_cut_off() {
        let (_client, server) = duplex(64);
        let mut server = Patient::new(server, IDLE, STALL, ());
        let began = Instant::now();
        let error = server.write_all(&[0; 100]).await.unwrap_err();
        assert_eq!((error.kind(), began.elapsed().as_secs()), (io::ErrorKind::TimedOut, 30));
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_client_that_takes_something_stays() {
        let (mut client, server) = duplex(64);
        let mut server = Patient::new(server, IDLE, STALL, ());
        let take = async {
            for _ in 0..20 {
                sleep(Duration::from_secs(20)).await;
                client.read_exact(&mut [0; 10]).await.unwrap();
            }
        };
        let (written, ()) = tokio::join!(server.write_all(&[0; 200]), take);
        written.unwrap();
    }
}
