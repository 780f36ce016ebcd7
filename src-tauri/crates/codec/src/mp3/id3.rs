//! ID3v2.4 (id3.org): text frames in UTF-8, sizes in 7-bit bytes.

use crate::{About, about};

/// Empty room behind the frames, so that a tag editor need not rewrite the file.
const PADDING: usize = 512;

/// Appends the tag.
pub(crate) fn write(about: &About, out: &mut Vec<u8>) {
    let mut frames = Vec::new();
    frame(b"TIT2", &[&about::title(about)], &mut frames);
    frame(b"TDRC", &[&format!("{}T{}", about.civil.date, about.civil.time)], &mut frames);
    frame(b"TSSE", &[&about.originator], &mut frames);
    for (name, value) in about::fields(about) {
        frame(b"TXXX", &[&format!("{}{name}", about::PREFIX), &value], &mut frames);
    }
    frames.extend([0; PADDING]);
    out.extend(b"ID3\x04\0\0");
    out.extend(synchsafe(frames.len()));
    out.extend(frames);
}

/// Bytes of a whole tag that begins with these ten; none if they do not begin one.
pub(crate) fn tag_len(header: &[u8]) -> Option<u64> {
    let [b'I', b'D', b'3', _, _, flags, a, b, c, d] = *header else { return None };
    let footer = if flags & 0x10 != 0 { 10 } else { 0 };
    Some(10 + length([a, b, c, d])? as u64 + footer)
}

/// What a tag says about us. Only version 2.4 without unsynchronisation or extended header: ours.
pub(crate) fn read(tag: &[u8]) -> Option<About> {
    let [b'I', b'D', b'3', 4, _, 0, _, _, _, _, frames @ ..] = tag else { return None };
    let mut rest = frames;
    let mut tags = Vec::new();
    while let Some((header, after)) = rest.split_first_chunk::<10>() {
        let [i0, i1, i2, i3, a, b, c, d, _, _] = *header;
        if i0 == 0 {
            break;
        }
        let (text, after) = after.split_at_checked(length([a, b, c, d])?)?;
        rest = after;
        if let (b"TXXX", Some((3, text))) = (&[i0, i1, i2, i3], text.split_first()) {
            let text = std::str::from_utf8(text).ok()?;
            let (name, value) = text.split_once('\0')?;
            tags.push((name.to_owned(), value.trim_end_matches('\0').to_owned()));
        }
    }
    about::from_tags(&tags)
}

/// A text frame: encoding, then the strings with zeros between them.
fn frame(id: &[u8; 4], strings: &[&str], out: &mut Vec<u8>) {
    let text = strings.join("\0");
    out.extend(id);
    out.extend(synchsafe(text.len() + 1));
    out.extend([0, 0, 3]);
    out.extend(text.as_bytes());
}

fn synchsafe(len: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| (len >> shift & 0x7F) as u8)
}

/// The reverse of [`synchsafe`]; none if a top bit is set.
fn length(bytes: [u8; 4]) -> Option<usize> {
    bytes.iter().try_fold(0, |all, byte| (byte & 0x80 == 0).then(|| all << 7 | usize::from(*byte)))
}
