//! How good a time was: what a segment's clock followed, and how far that can be believed.

use std::fmt;
use std::str::FromStr;

/// A clock's identity (IEEE 1588-2008 §7.5.2.2): eight bytes, usually made from a MAC address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClockIdentity(pub [u8; 8]);

/// What the program's own time follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ClockReference {
    /// The machine's clock, as NTP or a person has set it.
    #[default]
    System,
    /// The machine's clock, which software keeps on PTP time, with the kernel's own TAI offset.
    Software,
    /// A network card's PTP hardware clock.
    Hardware,
}

/// Whether a time follows a grandmaster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ClockLock {
    /// It does, and the grandmaster is heard.
    Locked,
    /// It did; since the grandmaster or the clock is gone, time runs on at its own rate.
    Holdover,
    /// It should, and no grandmaster is heard.
    Free,
    /// The machine's clock decides.
    #[default]
    System,
}

/// The clock at one moment, as it is stored with a segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ClockQuality {
    /// What time follows.
    pub reference: ClockReference,
    /// How well.
    pub lock: ClockLock,
    /// The grandmaster that is followed, or would be.
    pub grandmaster: Option<ClockIdentity>,
    /// Its PTP domain.
    pub domain: Option<u8>,
    /// How far PTP time is ahead of the machine's clock, in nanoseconds, network delay included.
    pub offset_ns: Option<i64>,
    /// Half the range in which the offset lies, or the kernel's own bound for its clock, in nanoseconds.
    pub uncertainty_ns: Option<u64>,
}

/// How fast a device's clock ran against this machine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Drift {
    /// How much faster it ran, in parts per 10⁹; slower is negative.
    pub ppb: i64,
    /// How long that was measured over, in seconds.
    pub over_s: u32,
}

impl ClockReference {
    const ALL: [Self; 3] = [Self::System, Self::Software, Self::Hardware];

    /// The word used in files, the catalogue and settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Software => "software",
            Self::Hardware => "hardware",
        }
    }
}

impl ClockLock {
    const ALL: [Self; 4] = [Self::Locked, Self::Holdover, Self::Free, Self::System];

    /// The word used in files, the catalogue and events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::Holdover => "holdover",
            Self::Free => "free",
            Self::System => "system",
        }
    }
}

impl fmt::Display for ClockIdentity {
    /// `00-11-22-FF-FE-33-44-55`, as RFC 7273 writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, byte) in self.0.iter().enumerate() {
            write!(f, "{}{byte:02X}", if i == 0 { "" } else { "-" })?;
        }
        Ok(())
    }
}

/// A text that is no [`ClockIdentity`] or [`ClockQuality`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAClock;

impl fmt::Display for NotAClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this does not describe a clock")
    }
}

impl std::error::Error for NotAClock {}

impl FromStr for ClockIdentity {
    type Err = NotAClock;

    fn from_str(text: &str) -> Result<Self, NotAClock> {
        let mut bytes = [0; 8];
        let mut parts = text.split('-');
        for byte in &mut bytes {
            let part =
                parts.next().filter(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_hexdigit()));
            *byte = u8::from_str_radix(part.ok_or(NotAClock)?, 16).map_err(|_| NotAClock)?;
        }
        if parts.next().is_some() { Err(NotAClock) } else { Ok(Self(bytes)) }
    }
}

impl fmt::Display for ClockQuality {
    /// `hardware locked grandmaster=00-11-22-FF-FE-33-44-55 domain=0 offset_ns=-120 uncertainty_ns=900`: the form in
    /// files and in the catalogue. What is not known is left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.reference.as_str(), self.lock.as_str())?;
        self.grandmaster.map_or(Ok(()), |id| write!(f, " grandmaster={id}"))?;
        self.domain.map_or(Ok(()), |domain| write!(f, " domain={domain}"))?;
        self.offset_ns.map_or(Ok(()), |ns| write!(f, " offset_ns={ns}"))?;
        self.uncertainty_ns.map_or(Ok(()), |ns| write!(f, " uncertainty_ns={ns}"))
    }
}

impl FromStr for ClockQuality {
    type Err = NotAClock;

    /// The reverse of [`fmt::Display`]. Facts with names that are not known are skipped: a later version's.
    fn from_str(text: &str) -> Result<Self, NotAClock> {
        fn number<T: FromStr>(value: &str) -> Result<Option<T>, NotAClock> {
            value.parse().map(Some).map_err(|_| NotAClock)
        }
        let mut words = text.split_ascii_whitespace();
        let (reference, lock) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let mut quality = Self {
            reference: ClockReference::ALL.into_iter().find(|r| r.as_str() == reference).ok_or(NotAClock)?,
            lock: ClockLock::ALL.into_iter().find(|l| l.as_str() == lock).ok_or(NotAClock)?,
            ..Self::default()
        };
        for word in words {
            let (name, value) = word.split_once('=').ok_or(NotAClock)?;
            match name {
                "grandmaster" => quality.grandmaster = Some(value.parse()?),
                "domain" => quality.domain = number(value)?,
                "offset_ns" => quality.offset_ns = number(value)?,
                "uncertainty_ns" => quality.uncertainty_ns = number(value)?,
                _ => {}
            }
        }
        Ok(quality)
    }
}

#[cfg(test)]
mod tests;
