//! Reference and media clocks (RFC 7273), read leniently: devices leave out versions, domains and blanks.

use std::fmt;

/// What a sender's clock follows (`a=ts-refclk`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ReferenceClock {
    /// Nothing is said.
    #[default]
    None,
    /// A PTP domain.
    Ptp {
        /// The standard that the sender names.
        version: PtpVersion,
        /// The grandmaster.
        leader: Leader,
        /// Its domain, 0 to 127, from the clock itself or from `a=clock-domain`.
        domain: Option<u8>,
    },
    /// The sender's own oscillator, named by its MAC address.
    LocalMac([u8; 6]),
    /// The sender's own oscillator, without a name.
    Local,
    /// An NTP server, or `/traceable/`.
    Ntp(String),
    /// GPS time.
    Gps,
    /// Galileo time.
    Galileo,
    /// GLONASS time.
    Glonass,
    /// A clock that the sender does not name.
    Private {
        /// It is traceable to a time standard all the same.
        traceable: bool,
    },
}

/// The PTP standard that a reference clock names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PtpVersion {
    /// IEEE 1588-2002 (PTPv1).
    V2002,
    /// IEEE 1588-2008 (PTPv2).
    V2008,
    /// IEEE 1588-2019 (PTPv2.1).
    V2019,
    /// IEEE 802.1AS-2011 (gPTP).
    Avb2011,
    /// Not named, as in early ST 2110-10: version 2 is meant.
    Unstated,
}

/// The grandmaster that a reference clock names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leader {
    /// By its clock identity.
    Identity([u8; 8]),
    /// Any that is traceable to a time standard.
    Traceable,
    /// By a text that is no clock identity; kept as written.
    Unusable(String),
}

/// How RTP timestamps follow the reference clock (`a=mediaclk`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum MediaClock {
    /// Nothing is said, or nothing that gives an offset.
    #[default]
    None,
    /// Timestamp = samples since the reference clock's epoch + offset, modulo 2³².
    Direct {
        /// The timestamp at the epoch.
        offset: u32,
    },
    /// The sender's own clock, not tied to the reference clock.
    Sender,
    /// The media clock of an AVB stream, by its identity as written.
    Ieee1722(String),
}

const VERSIONS: [(&str, PtpVersion); 4] = [
    ("IEEE1588-2002", PtpVersion::V2002),
    ("IEEE1588-2008", PtpVersion::V2008),
    ("IEEE1588-2019", PtpVersion::V2019),
    ("IEEE802.1AS-2011", PtpVersion::Avb2011),
];

impl ReferenceClock {
    /// Reads the value of `a=ts-refclk`: the clock, and a note where it is odd.
    ///
    /// # Errors
    /// Not a clock that RFC 7273 knows.
    pub fn parse(value: &str) -> Result<(Self, Option<String>), String> {
        let (kind, rest) = value.split_once('=').map_or((value, ""), |(k, r)| (k.trim(), r.trim()));
        let clock = match kind.to_ascii_lowercase().as_str() {
            "ptp" => return ptp(rest),
            "localmac" => Self::LocalMac(
                bytes::<6>(rest)
                    .ok_or_else(|| format!("localmac \"{rest}\" is not a MAC address of 6 bytes"))?,
            ),
            "local" => Self::Local,
            "ntp" if !rest.is_empty() => Self::Ntp(super::lines::clean(rest)),
            "gps" => Self::Gps,
            "gal" => Self::Galileo,
            "glonass" => Self::Glonass,
            "private" => Self::Private {
                traceable: rest.eq_ignore_ascii_case("traceable") || value.contains(":traceable"),
            },
            "private:traceable" => Self::Private { traceable: true },
            _ => return Err(format!("reference clock \"{value}\" is not known")),
        };
        Ok((clock, None))
    }

    /// It is a PTP clock of IEEE 1588.
    pub(super) fn is_ptp(&self) -> bool {
        matches!(self, Self::Ptp { version, .. } if *version != PtpVersion::Avb2011)
    }

    /// The same clock with a domain that was stated elsewhere, if it has none of its own.
    pub(super) fn with_domain(mut self, stated: Option<u8>) -> Self {
        if let Self::Ptp { domain, .. } = &mut self {
            *domain = domain.or(stated);
        }
        self
    }
}

/// `[version:]leader[:domain]`, where the leader may be `traceable`.
fn ptp(rest: &str) -> Result<(ReferenceClock, Option<String>), String> {
    let named = VERSIONS.iter().find_map(|(word, version)| {
        let head = rest.get(..word.len())?;
        head.eq_ignore_ascii_case(word).then(|| (*version, rest[word.len()..].trim_start_matches(':')))
    });
    let (version, rest) = named.unwrap_or((PtpVersion::Unstated, rest));
    let (leader, domain) = rest.split_once(':').unwrap_or((rest, ""));
    let (leader, domain) = (leader.trim(), domain.trim());
    if leader.is_empty() {
        return Err("ptp without a grandmaster".to_owned());
    }
    let mut note = None;
    let leader = if leader.eq_ignore_ascii_case("traceable") {
        Leader::Traceable
    } else if let Some(identity) = bytes::<8>(leader) {
        if identity == [0; 8] {
            note = Some("the grandmaster's identity is all zero: the sender follows none".to_owned());
        }
        Leader::Identity(identity)
    } else {
        note = Some(format!("grandmaster \"{leader}\" is not a clock identity of 8 bytes"));
        Leader::Unusable(super::lines::clean(leader))
    };
    let digits = domain.strip_prefix("domain-nmbr=").unwrap_or(domain);
    let number = digits.parse::<u8>().ok().filter(|d| *d < 128);
    if number.is_none() && !domain.is_empty() {
        note = Some(format!("PTP domain \"{domain}\" is not a number from 0 to 127"));
    }
    Ok((ReferenceClock::Ptp { version, leader, domain: number }, note))
}

/// Hexadecimal bytes with dashes, colons or nothing between them.
fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits: Vec<u8> = text.bytes().filter(|b| !matches!(b, b'-' | b':')).collect();
    if digits.len() != 2 * N {
        return None;
    }
    let mut out = [0; N];
    for (byte, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(out)
}

impl MediaClock {
    /// Reads the value of `a=mediaclk`: the clock, and a note where it gives no offset. `rate=` and `id=` are skipped.
    #[must_use]
    pub fn parse(value: &str) -> (Self, Option<String>) {
        for word in value.split_ascii_whitespace() {
            let (kind, rest) = word.split_once('=').unwrap_or((word, ""));
            match kind.to_ascii_lowercase().as_str() {
                "direct" if rest.is_empty() => {
                    return (
                        Self::None,
                        Some("mediaclk:direct without an offset: arrival times decide".to_owned()),
                    );
                }
                "direct" => {
                    return rest.parse::<u32>().map_or_else(
                        |_| {
                            (
                                Self::None,
                                Some(format!("media clock offset \"{rest}\" is not a 32-bit number")),
                            )
                        },
                        |offset| (Self::Direct { offset }, None),
                    );
                }
                "sender" => return (Self::Sender, None),
                "ieee1722" => {
                    let note =
                        "the media clock is an AVB stream's: RTP timestamps have no known offset to PTP";
                    return (Self::Ieee1722(super::lines::clean(rest)), Some(note.to_owned()));
                }
                _ => {}
            }
        }
        (Self::None, Some(format!("media clock \"{}\" is not known", super::lines::clean(value))))
    }
}

impl fmt::Display for ReferenceClock {
    /// The value of `a=ts-refclk`; empty for `None`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Ptp { version, leader, domain } => {
                f.write_str("ptp=")?;
                if let Some((word, _)) = VERSIONS.iter().find(|(_, v)| v == version) {
                    write!(f, "{word}:")?;
                }
                match leader {
                    Leader::Identity(id) => dashed(id, f)?,
                    Leader::Traceable => f.write_str("traceable")?,
                    Leader::Unusable(text) => f.write_str(text)?,
                }
                domain.map_or(Ok(()), |d| write!(f, ":{d}"))
            }
            Self::LocalMac(mac) => {
                f.write_str("localmac=")?;
                dashed(mac, f)
            }
            Self::Local => f.write_str("local"),
            Self::Ntp(server) => write!(f, "ntp={server}"),
            Self::Gps => f.write_str("gps"),
            Self::Galileo => f.write_str("gal"),
            Self::Glonass => f.write_str("glonass"),
            Self::Private { traceable: false } => f.write_str("private"),
            Self::Private { traceable: true } => f.write_str("private:traceable"),
        }
    }
}

impl fmt::Display for MediaClock {
    /// The value of `a=mediaclk`; empty for `None`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Direct { offset } => write!(f, "direct={offset}"),
            Self::Sender => f.write_str("sender"),
            Self::Ieee1722(stream) => write!(f, "IEEE1722={stream}"),
        }
    }
}

fn dashed(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (i, byte) in bytes.iter().enumerate() {
        write!(f, "{}{byte:02X}", if i == 0 { "" } else { "-" })?;
    }
    Ok(())
}
