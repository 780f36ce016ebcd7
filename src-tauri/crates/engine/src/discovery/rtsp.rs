//! RTSP as far as asking for a description goes (RFC 2326 §10.2): one `DESCRIBE`, one answer, bounded in size and time.
//!
//! RAVENNA names sessions in the path, `/by-name/…`. Redirections are not followed: a description is asked for on the link
//! where it was announced, nowhere else. That is seen to by packets that no router passes on (time to live 1).

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddrV4, TcpStream};
use std::time::Duration;

use audyn_model::{Clock, Mono};
use socket2::{Domain, Protocol, Socket, Type};

use crate::sdp;

/// Longest head of an answer, in bytes.
const HEAD: usize = 8 * 1024;
/// How long a host may take to answer the call.
const CALL: Duration = Duration::from_secs(2);
/// How long all of it may take.
const LIMIT: Duration = Duration::from_secs(5);

/// An answer, inside its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// 200 is well.
    pub status: u16,
    /// Its body.
    pub body: &'a [u8],
}

/// Why bytes will never be an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reject {
    /// Not RTSP.
    #[error("the answer is not RTSP")]
    NotRtsp,
    /// A head without end.
    #[error("the answer's head is longer than 8 KiB")]
    Head,
    /// A body that is too long.
    #[error("the description is longer than 64 KiB")]
    Body,
}

/// Why there is no description.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not reached, or cut off.
    #[error("no answer: {0}")]
    Io(#[from] io::Error),
    /// It answers something else.
    #[error(transparent)]
    Reject(#[from] Reject),
    /// It refuses.
    #[error("the device answers {0} instead of a description")]
    Status(u16),
    /// It takes too long.
    #[error("the device took longer than 5 seconds to describe it")]
    Late,
}

/// A request for the description of a session.
#[must_use]
pub fn request(at: SocketAddrV4, name: &str) -> String {
    let mut path = String::new();
    for byte in name.bytes() {
        // RFC 3986 §2.3: what needs no escape.
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    format!(
        "DESCRIBE rtsp://{at}/by-name/{path} RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\nUser-Agent: Audyn\r\n\r\n"
    )
}

/// The first answer among what has come so far; none if more has to come. Never panics, on any input.
///
/// # Errors
/// It will never be one.
pub fn parse(bytes: &[u8]) -> Result<Option<Answer<'_>>, Reject> {
    let start = b"RTSP/1.";
    if bytes[..bytes.len().min(start.len())] != start[..bytes.len().min(start.len())] {
        return Err(Reject::NotRtsp);
    }
    let within = &bytes[..bytes.len().min(HEAD)];
    let Some(end) = within.windows(4).position(|four| four == b"\r\n\r\n") else {
        return if bytes.len() >= HEAD { Err(Reject::Head) } else { Ok(None) };
    };
    let head = std::str::from_utf8(&bytes[..end]).map_err(|_| Reject::NotRtsp)?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|word| word.parse().ok());
    let status = status.ok_or(Reject::NotRtsp)?;
    let field = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-length").then(|| value.trim().to_owned())
    };
    let length = match lines.find_map(field) {
        None => 0,
        Some(value) => value.parse::<usize>().map_err(|_| Reject::NotRtsp)?,
    };
    if length > sdp::MAX_TEXT {
        return Err(Reject::Body);
    }
    let body = end + 4;
    Ok(bytes.get(body..body + length).map(|body| Answer { status, body }))
}

/// Asks for a session's description. Takes five seconds at most.
///
/// # Errors
/// There is none to be had.
pub fn describe(at: SocketAddrV4, name: &str, clock: &dyn Clock) -> Result<String, Error> {
    let until = clock.mono().after(LIMIT);
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_ttl_v4(1)?;
    socket.connect_timeout(&at.into(), CALL)?;
    let mut stream = TcpStream::from(socket);
    stream.set_write_timeout(Some(CALL))?;
    stream.write_all(request(at, name).as_bytes())?;
    let mut bytes = Vec::with_capacity(4096);
    let mut part = [0; 4096];
    loop {
        if let Some(answer) = parse(&bytes)? {
            return match answer.status {
                200 => Ok(sdp::decode(answer.body).into_owned()),
                status => Err(Error::Status(status)),
            };
        }
        stream.set_read_timeout(Some(left(until, clock)?))?;
        match stream.read(&mut part) {
            Ok(0) => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            Ok(read) => bytes.extend_from_slice(&part[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                return Err(Error::Late);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn left(until: Mono, clock: &dyn Clock) -> Result<Duration, Error> {
    let left = until.since(clock.mono());
    if left.is_zero() { Err(Error::Late) } else { Ok(left) }
}

#[cfg(test)]
mod tests;
