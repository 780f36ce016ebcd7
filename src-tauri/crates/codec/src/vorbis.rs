//! Vorbis comments, as Opus and FLAC carry them (RFC 7845 section 5.2, RFC 9639 section 8.6): little-endian lengths, UTF-8.

/// More comments than this are not read.
const MAX_COMMENTS: usize = 4096;

/// Appends vendor and comments.
pub(crate) fn write(vendor: &str, tags: &[(String, String)], out: &mut Vec<u8>) {
    text(vendor, out);
    out.extend((tags.len() as u32).to_le_bytes());
    for (name, value) in tags {
        text(&format!("{name}={value}"), out);
    }
}

/// The comments; those that are not `NAME=value` in UTF-8 are left out. None if the lengths do not fit.
pub(crate) fn read(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    let mut rest = bytes;
    let vendor = number(&mut rest)?;
    rest = rest.get(vendor..)?;
    let count = number(&mut rest)?;
    let mut tags = Vec::new();
    for _ in 0..count.min(MAX_COMMENTS) {
        let len = number(&mut rest)?;
        let comment = rest.get(..len)?;
        rest = &rest[len..];
        if let Some((name, value)) = std::str::from_utf8(comment).ok().and_then(|text| text.split_once('=')) {
            tags.push((name.to_owned(), value.to_owned()));
        }
    }
    Some(tags)
}

fn text(text: &str, out: &mut Vec<u8>) {
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.as_bytes());
}

fn number(bytes: &mut &[u8]) -> Option<usize> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    Some(u32::from_le_bytes(*number) as usize)
}

#[cfg(test)]
mod tests;
