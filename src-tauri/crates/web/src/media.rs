//! Recordings: whole, in part, growing. Read in blocks, beside the threads that answer.
//!
//! **Full policy:** 64 files at once, others are asked to come again; eight blocks are read at once, others wait; a client
//! has one block under way, and one that takes longer than a minute for it is cut off.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use std::time::Duration;

use audyn_service::api::{ApiError, Code};
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use futures_util::stream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use crate::door::Door;
use crate::problem::Problem;
use crate::range::{Wanted, wanted};
use crate::seat;

/// Bytes of a block.
const BLOCK: u64 = 64 << 10;
/// How long a disk may take for a block.
const READ: Duration = Duration::from_secs(30);

/// `GET /api/assets/{id}/content`, with `?download=1` to be kept as a file.
pub async fn content(
    State(door): State<Door>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response<Body>, Problem> {
    let seat = seat::take(&door, &request, false)?;
    let download = match query.as_deref() {
        None | Some("" | "download=0") => false,
        Some("download=1") => true,
        Some(_) => return Err(ApiError::invalid("Of a recording only download=1 can be asked.").into()),
    };
    let place = Arc::clone(door.files()).try_acquire_owned().map_err(|_| {
        let message = "Too many recordings are being fetched now. Try again in a moment.";
        ApiError::new(Code::Unavailable, message)
    })?;
    let media = door.service().open_media(&seat.caller, &id).await?;
    let tag = format!("\"{}\"", media.version);
    let fields = request.headers();
    let mut reply = Response::builder()
        .header(header::CONTENT_TYPE, media.content_type)
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::ETAG, &tag)
        // Kept by the browser of whoever may see it, and asked about each time.
        .header(header::CACHE_CONTROL, "private, no-cache")
        .header(header::CONTENT_DISPOSITION, disposition(download, &media.name));
    if named(fields, &header::IF_NONE_MATCH, &tag) {
        return built(reply.status(StatusCode::NOT_MODIFIED).body(Body::empty()));
    }
    // A part of a file that has grown since does not fit to the parts before (RFC 9110, section 13.1.5).
    let same = !fields.contains_key(header::IF_RANGE) || named(fields, &header::IF_RANGE, &tag);
    let range = fields.get(header::RANGE).and_then(|range| range.to_str().ok()).filter(|_| same);
    let (first, end) = match wanted(range, media.bytes) {
        Wanted::All => (0, media.bytes),
        Wanted::Part { first, last } => {
            let part = format!("bytes {first}-{last}/{}", media.bytes);
            reply = reply.status(StatusCode::PARTIAL_CONTENT).header(header::CONTENT_RANGE, part);
            (first, last + 1)
        }
        Wanted::Nothing => {
            let message =
                format!("The recording has {} bytes now; the range begins after them.", media.bytes);
            let problem = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, Code::Invalid, message);
            let mut reply = axum::response::IntoResponse::into_response(problem);
            let all = format!("bytes */{}", media.bytes);
            if let Ok(all) = HeaderValue::from_str(&all) {
                reply.headers_mut().insert(header::CONTENT_RANGE, all);
            }
            return Ok(reply);
        }
    };
    let reply = reply.header(header::CONTENT_LENGTH, end - first);
    if request.method() == Method::HEAD {
        return built(reply.body(Body::empty()));
    }
    let read = Read {
        file: Arc::new(media.file),
        at: first,
        end,
        reads: Arc::clone(door.reads()),
        patience: door.limits().block,
        given: None,
        _place: place,
    };
    built(reply.body(Body::from_stream(stream::try_unfold(read, Read::next))))
}

fn built(reply: axum::http::Result<Response<Body>>) -> Result<Response<Body>, Problem> {
    reply.map_err(|error| ApiError::internal(error).into())
}

/// A reading of a part of a file.
struct Read {
    file: Arc<File>,
    at: u64,
    end: u64,
    reads: Arc<Semaphore>,
    patience: Duration,
    /// When the last block was given away.
    given: Option<Instant>,
    _place: OwnedSemaphorePermit,
}

impl Read {
    async fn next(mut self) -> io::Result<Option<(Bytes, Self)>> {
        if self.at >= self.end {
            return Ok(None);
        }
        if self.given.is_some_and(|given| given.elapsed() > self.patience) {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the client is too slow"));
        }
        let size = usize::try_from(BLOCK.min(self.end - self.at)).unwrap_or(0);
        let block = timeout(READ, block(Arc::clone(&self.reads), Arc::clone(&self.file), self.at, size));
        let block =
            block.await.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "the disk is too slow"))??;
        self.at += block.len() as u64;
        self.given = Some(Instant::now());
        Ok(Some((block, self)))
    }
}

/// A block, beside the threads that answer. A disk that hangs keeps its turn.
async fn block(reads: Arc<Semaphore>, file: Arc<File>, at: u64, size: usize) -> io::Result<Bytes> {
    let turn = reads.acquire_owned().await.map_err(io::Error::other)?;
    let read = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let mut block = vec![0; size];
        file.read_exact_at(&mut block, at).map(|()| block.into())
    });
    read.await.map_err(io::Error::other)?
}

/// Whether a field names this very state of the file.
fn named(fields: &HeaderMap, field: &axum::http::HeaderName, tag: &str) -> bool {
    let text = fields.get(field).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.split(',').any(|named| matches!(named.trim(), "*") || named.trim() == tag)
}

/// `inline` or `attachment`, with the name in both of its forms (RFC 6266, section 4.3).
fn disposition(download: bool, name: &str) -> String {
    let kind = if download { "attachment" } else { "inline" };
    let plain: String = name
        .chars()
        .map(|c| if (c.is_ascii_graphic() || c == ' ') && !matches!(c, '"' | '\\' | '%') { c } else { '_' })
        .collect();
    let mut full = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            full.push(byte.into());
        } else {
            full.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{full}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_in_its_field() {
        assert_eq!(
            disposition(true, "Früh \"1\"\r\n.wav"),
            "attachment; filename=\"Fr_h _1___.wav\"; filename*=UTF-8''Fr%C3%BCh%20%221%22%0D%0A.wav"
        );
        assert!(disposition(false, "a.wav").starts_with("inline; "));
    }
}
