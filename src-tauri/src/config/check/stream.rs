//! The stream that an SDP describes.

use std::net::Ipv4Addr;
use std::path::Path;

use audyn_engine::sdp::{self, Stream};

use super::desk::{Desk, Read};
use crate::config::{Key, ReadFile};

/// What is taken from an SDP.
pub(super) struct Described {
    /// The session's name; may be empty.
    pub session: String,
    pub stream: Stream,
}

/// Reads the SDP that was named, if one was.
pub(super) fn described(desk: &mut Desk<'_>, base: &Path, read: &ReadFile<'_>) -> Option<Described> {
    let Read::Is(name) = desk.text(Key::Sdp, "the path of an SDP file") else { return None };
    let path = base.join(&name);
    let bytes = match read(&path) {
        Ok(bytes) => bytes,
        Err(error) => {
            let wrong = format!("cannot read {}: {error}", path.display());
            desk.refuse::<()>(Key::Sdp, wrong, "give the path of a readable SDP file");
            return None;
        }
    };
    if bytes.len() > sdp::MAX_TEXT {
        // Decoded it may be longer: the size that is told is that of the file.
        let wrong = format!("{name} has {} bytes; a description has at most {}", bytes.len(), sdp::MAX_TEXT);
        desk.refuse::<()>(Key::Sdp, wrong, "give a file that holds a session description");
        return None;
    }
    let description = match sdp::parse(&sdp::decode(&bytes)) {
        Ok(description) => description,
        Err(problems) => {
            for problem in problems {
                desk.refuse::<()>(Key::Sdp, format!("{name} {problem}"), "");
            }
            return None;
        }
    };
    for warning in &description.warnings {
        desk.warn(format!("{name}: {warning}"));
    }
    let stream = chosen(desk, &name, description.streams)?;
    if let Err(not_linear) = stream.format() {
        desk.refuse::<()>(Key::Sdp, format!("{name}: {not_linear}"), "");
        return None;
    }
    Some(Described { session: description.name, stream })
}

/// Of several streams, the one sent to the address that was typed, else the first.
fn chosen(desk: &mut Desk<'_>, name: &str, streams: Vec<Stream>) -> Option<Stream> {
    let typed: Option<Ipv4Addr> =
        desk.typed(Key::MulticastAddr).and_then(|w| w.value.as_text()).and_then(|text| text.parse().ok());
    let meant =
        |stream: &Stream| typed.is_some_and(|address| stream.legs.iter().any(|leg| leg.address == address));
    let several = streams.len();
    let position = streams.iter().position(meant);
    let stream = streams.into_iter().nth(position.unwrap_or(0))?;
    if several > 1 && position.is_none() {
        let address = stream.legs.first()?.address;
        let by = desk.spelt(Key::MulticastAddr);
        desk.warn(format!(
            "{name} describes {several} streams; the first is recorded ({address}), choose with {by}"
        ));
    }
    if stream.legs.len() > 2 {
        let legs = stream.legs.len();
        desk.warn(format!("{name} describes {legs} legs; the first two are received"));
    }
    Some(stream)
}
