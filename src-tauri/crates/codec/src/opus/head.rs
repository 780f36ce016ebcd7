//! The two packets in front of the audio.

use crate::{About, Error, about, vorbis};

/// `OpusHead` (RFC 7845 section 5.1), without a mapping table that is not one of our two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub channels: u16,
    /// Samples to skip, at 48 kHz.
    pub pre_skip: u16,
    /// Rate of the source in Hz; for information only.
    pub rate: u32,
    /// Output gain in 1/256 dB.
    pub gain: i16,
}

/// How channels are coded into streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mapping {
    pub streams: u8,
    pub coupled: u8,
    pub channels: Vec<u8>,
}

impl Head {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let family = if self.channels > 2 { 255 } else { 0 };
        let mut bytes = b"OpusHead\x01".to_vec();
        bytes.push(self.channels as u8);
        bytes.extend(self.pre_skip.to_le_bytes());
        bytes.extend(self.rate.to_le_bytes());
        bytes.extend(self.gain.to_le_bytes());
        bytes.push(family);
        if family != 0 {
            bytes.extend([self.channels as u8, 0]);
            bytes.extend(0..self.channels as u8);
        }
        bytes
    }

    pub(crate) fn parse(packet: &[u8]) -> Result<(Self, Mapping), Error> {
        let malformed = |what: &str| Error::Malformed(format!("cannot read this Ogg file as Opus: {what}"));
        let fixed = packet.get(..19).ok_or_else(|| malformed("its first packet is too short"))?;
        let [b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', version, count, rest @ ..] = fixed else {
            return Err(malformed("its first packet is not OpusHead"));
        };
        let [p0, p1, r0, r1, r2, r3, g0, g1, family] = *rest else {
            return Err(malformed("its first packet is too short"));
        };
        if *version > 15 || *count == 0 {
            return Err(malformed("its version or channel count is unknown"));
        }
        let mapping = match (family, *count) {
            (0, 1 | 2) => Mapping { streams: 1, coupled: count - 1, channels: (0..*count).collect() },
            (0, _) => return Err(malformed("it has more than two channels without a table")),
            _ => {
                let table = packet
                    .get(19..21 + usize::from(*count))
                    .ok_or_else(|| malformed("its table is short"))?;
                let (streams, coupled) = (table[0], table[1]);
                let all = u16::from(streams) + u16::from(coupled);
                let fits = |stream: &u8| u16::from(*stream) < all || *stream == 255;
                if streams == 0 || coupled > streams || all > 255 || !table[2..].iter().all(fits) {
                    return Err(malformed("its table names streams that do not exist"));
                }
                Mapping { streams, coupled, channels: table[2..].to_vec() }
            }
        };
        let head = Self {
            channels: u16::from(*count),
            pre_skip: u16::from_le_bytes([p0, p1]),
            rate: u32::from_le_bytes([r0, r1, r2, r3]),
            gain: i16::from_le_bytes([g0, g1]),
        };
        Ok((head, mapping))
    }
}

/// `OpusTags` (RFC 7845 section 5.2).
pub(crate) fn tags(about: &About) -> Vec<u8> {
    let mut bytes = b"OpusTags".to_vec();
    vorbis::write(opus::version(), &about::tags(about), &mut bytes);
    bytes
}

pub(crate) fn parse_tags(packet: &[u8]) -> Option<About> {
    about::from_tags(&vorbis::read(packet.strip_prefix(b"OpusTags")?)?)
}
