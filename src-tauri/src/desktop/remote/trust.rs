//! Which certificate a station has: told on the command line, or compared by a person once and remembered.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use tauri::Url;

/// SHA-256 of a certificate in DER, as browsers and `openssl x509 -fingerprint -sha256` show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Of the first certificate in a PEM text (RFC 7468).
    #[must_use]
    pub fn of_pem(pem: &str) -> Option<Self> {
        let body =
            pem.split_once("-----BEGIN CERTIFICATE-----")?.1.split_once("-----END CERTIFICATE-----")?.0;
        let letters: String = body.split_whitespace().collect();
        Some(Self(Sha256::digest(STANDARD.decode(letters).ok()?).into()))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            let colon = if place == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Fingerprint {
    type Err = String;

    /// 64 hexadecimal digits, with or without colons.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "a SHA-256 fingerprint has 64 hexadecimal digits, with or without colons".to_owned();
        let digits: Vec<u8> = text
            .chars()
            .filter(|letter| *letter != ':')
            .map(|letter| letter.to_digit(16).map(|digit| digit as u8).ok_or_else(wrong))
            .collect::<Result<_, _>>()?;
        let bytes: Vec<u8> =
            digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
        if digits.len() != 64 {
            return Err(wrong());
        }
        Ok(Self(bytes.try_into().map_err(|_| wrong())?))
    }
}

/// What is to be done with a certificate that no authority vouches for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the one that is expected.
    Trusted,
    /// Nothing is known of this station yet.
    Unknown,
    /// It is not the one that is expected.
    Changed {
        /// That one.
        expected: Fingerprint,
    },
}

/// What is trusted for one station.
#[derive(Debug)]
pub struct Trust {
    file: PathBuf,
    station: String,
    expected: Option<Fingerprint>,
}

impl Trust {
    /// Reads what was trusted before; a fingerprint that is `given` replaces it.
    ///
    /// # Errors
    /// The file cannot be read, or what is given cannot be kept.
    pub fn open(state_dir: &Path, station: &Url, given: Option<Fingerprint>) -> anyhow::Result<Self> {
        let file = state_dir.join("trusted-stations.json");
        let station = station.origin().ascii_serialization();
        let known = read(&file)?.get(&station).cloned();
        let known = known.map(|text| {
            text.parse()
                .map_err(|why| anyhow::anyhow!("{}: {station}: {why}; remove the line", file.display()))
        });
        let mut trust = Self { expected: known.transpose()?, file, station };
        if let Some(given) = given.filter(|given| trust.expected != Some(*given)) {
            trust.remember(&given)?;
        }
        Ok(trust)
    }

    /// What is to be done with it.
    #[must_use]
    pub fn judge(&self, shown: &Fingerprint) -> Verdict {
        match self.expected {
            None => Verdict::Unknown,
            Some(expected) if expected == *shown => Verdict::Trusted,
            Some(expected) => Verdict::Changed { expected },
        }
    }

    /// Expects this one from now on.
    ///
    /// # Errors
    /// That cannot be kept beyond this run.
    pub fn remember(&mut self, fingerprint: &Fingerprint) -> anyhow::Result<()> {
        self.expected = Some(*fingerprint);
        let mut all = read(&self.file)?;
        all.insert(self.station.clone(), fingerprint.to_string());
        write(&self.file, &all).with_context(|| {
            format!("cannot remember in {} which certificate is trusted", self.file.display())
        })
    }
}

fn read(file: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
    };
    serde_json::from_str(&text)
        .with_context(|| format!("{} cannot be understood; remove it to trust anew", file.display()))
}

/// Whole or not at all.
fn write(file: &Path, all: &BTreeMap<String, String>) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let beside = folder.join(format!(".trusted-stations.{}", std::process::id()));
    fs::write(&beside, serde_json::to_vec_pretty(all)?)?;
    fs::File::open(&beside)?.sync_all()?;
    fs::rename(&beside, file)?;
    fs::File::open(folder)?.sync_all()
}
