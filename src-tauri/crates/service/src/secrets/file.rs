//! The encrypted file that stands in for a keyring: XChaCha20-Poly1305 over all secrets at once, written whole under a
//! new name and renamed.
//!
//! Its key comes from systemd's credential `audyn-key` where there is one; else it is made of the machine's id and of a
//! random key file beside it, so that neither a copied database nor the sealed file alone reveals anything.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

use super::SecretError;

/// What the file begins with.
const MAGIC: &[u8; 15] = b"AUDYN-SECRETS-1";
/// Bytes of the nonce.
const NONCE: usize = 24;
/// Name of the credential that systemd hands over.
const CREDENTIAL: &str = "audyn-key";
/// Shortest credential in bytes.
const LEAST_KEY: usize = 32;
/// Names of the secrets that are in the keyring, one a line.
const ELSEWHERE: &str = "in-keyring";
/// Longest file that is read.
const MOST: u64 = 4 << 20;
/// Secrets in one file.
const MOST_SECRETS: usize = 64;

/// What a key was made of. It is written into the file's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeyKind {
    Credential,
    Machine,
}

impl KeyKind {
    const fn byte(self) -> u8 {
        match self {
            Self::Credential => b'c',
            Self::Machine => b'm',
        }
    }
}

/// The file.
#[derive(Debug)]
pub(super) struct SealedFile {
    dir: PathBuf,
    credentials: Option<PathBuf>,
    machine_id: PathBuf,
}

impl SealedFile {
    pub fn new(dir: PathBuf, credentials: Option<PathBuf>, machine_id: PathBuf) -> Self {
        Self { dir, credentials, machine_id }
    }

    /// All of it; nothing if there is no file.
    pub fn read(&self) -> Result<BTreeMap<String, Vec<u8>>, SecretError> {
        let path = self.path();
        let mut bytes = Vec::new();
        match File::open(&path).and_then(|file| file.take(MOST).read_to_end(&mut bytes)) {
            Ok(_) => self.unseal(&bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(SecretError::file("read", path)(error)),
        }
    }

    /// Keeps one more, or another in its place. A file that cannot be opened any more is set aside, not overwritten.
    pub fn keep(&self, name: &str, value: &[u8]) -> Result<(), SecretError> {
        let mut all = self.read_or_set_aside()?;
        all.insert(name.to_owned(), value.to_vec());
        if all.len() > MOST_SECRETS {
            return Err(SecretError::Unfit(name.to_owned()));
        }
        self.write(&all)
    }

    /// Forgets one.
    pub fn forget(&self, name: &str) -> Result<(), SecretError> {
        let mut all = self.read_or_set_aside()?;
        if all.remove(name).is_none() {
            return Ok(());
        }
        self.write(&all)
    }

    /// Names of secrets that went to the keyring.
    pub fn elsewhere(&self) -> Result<BTreeSet<String>, SecretError> {
        let path = self.dir.join(ELSEWHERE);
        match fs::read_to_string(&path) {
            Ok(names) => Ok(names.lines().map(str::to_owned).collect()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeSet::new()),
            Err(error) => Err(SecretError::file("read", path)(error)),
        }
    }

    /// Notes that a secret went to the keyring, or is there no more.
    pub fn note_elsewhere(&self, name: &str, there: bool) -> Result<(), SecretError> {
        let mut names = self.elsewhere()?;
        let changed = if there { names.insert(name.to_owned()) } else { names.remove(name) };
        if !changed {
            return Ok(());
        }
        self.make_dir()?;
        let text: String = names.iter().map(|name| format!("{name}\n")).collect();
        put(&self.dir, ELSEWHERE, text.as_bytes())
            .map_err(SecretError::file("write", self.dir.join(ELSEWHERE)))
    }

    fn make_dir(&self) -> Result<(), SecretError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.dir);
        made.map_err(SecretError::file("make", &self.dir))
    }

    /// Against what it protects.
    pub fn kept(&self) -> &'static str {
        match self.credential() {
            Ok(Some(_)) => {
                "Secrets are kept in an encrypted file in the state folder, and its key is systemd's credential \
                 audyn-key: a copy of the disk, of the folder or of a backup does not reveal them."
            }
            Ok(None) | Err(_) => {
                "Secrets are kept in an encrypted file in the state folder; its key is made of this machine's id and of \
                 a key file beside it that only this user may read. A copy of the database or of a backup does not \
                 reveal them; whoever takes the whole disk, or is root here, can read them. Give Audyn the systemd \
                 credential audyn-key to keep the key elsewhere."
            }
        }
    }

    fn read_or_set_aside(&self) -> Result<BTreeMap<String, Vec<u8>>, SecretError> {
        match self.read() {
            Err(SecretError::Sealed { path, why }) => {
                tracing::error!(why, "the secrets' file cannot be opened; it is set aside and begun anew");
                self.set_aside(&path)?;
                Ok(BTreeMap::new())
            }
            read => read,
        }
    }

    fn path(&self) -> PathBuf {
        self.dir.join("sealed")
    }

    fn unseal(&self, bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, SecretError> {
        let path = self.path();
        let sealed = |why| SecretError::Sealed { path: path.clone(), why };
        let head = MAGIC.len() + 1;
        if bytes.len() < head + NONCE || !bytes.starts_with(MAGIC) {
            return Err(sealed("this is no file of secrets; set the secrets again"));
        }
        let kind = match bytes[MAGIC.len()] {
            b'c' => KeyKind::Credential,
            b'm' => KeyKind::Machine,
            _ => return Err(sealed("a later program wrote it; use that one, or set the secrets again")),
        };
        let Some(key) = self.key(kind, false)? else {
            return Err(sealed(match kind {
                KeyKind::Credential => {
                    "systemd's credential audyn-key is not there; give it to Audyn again, or set the secrets again"
                }
                KeyKind::Machine => "its key file is gone; set the secrets again",
            }));
        };
        let nonce: [u8; NONCE] = bytes[head..head + NONCE].try_into().unwrap_or([0; NONCE]);
        let payload = Payload { msg: &bytes[head + NONCE..], aad: &bytes[..head] };
        let plain = XChaCha20Poly1305::new(&Key::from(key))
            .decrypt(&XNonce::from(nonce), payload)
            .map_err(|_| sealed("it was sealed on another machine or was changed; set the secrets again"))?;
        let stored: BTreeMap<String, String> = serde_json::from_slice(&plain)
            .map_err(|_| sealed("what is in it cannot be read; set the secrets again"))?;
        let decode = |(name, value): (String, String)| Some((name, BASE64.decode(value).ok()?));
        Ok(stored.into_iter().filter_map(decode).collect())
    }

    fn write(&self, all: &BTreeMap<String, Vec<u8>>) -> Result<(), SecretError> {
        self.make_dir()?;
        let path = self.path();
        let failed = |source| SecretError::file("write", &path)(source);
        let kind = if self.credential()?.is_some() { KeyKind::Credential } else { KeyKind::Machine };
        let key = self.key(kind, true)?.ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
        let mut nonce = [0; NONCE];
        random(&mut nonce).map_err(failed)?;
        let plain: BTreeMap<&String, String> =
            all.iter().map(|(name, value)| (name, BASE64.encode(value))).collect();
        let plain = serde_json::to_vec(&plain).map_err(|error| failed(error.into()))?;
        let mut bytes = MAGIC.to_vec();
        bytes.push(kind.byte());
        let payload = Payload { msg: &plain, aad: &bytes };
        let sealed = XChaCha20Poly1305::new(&Key::from(key))
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| failed(io::Error::other("it cannot be sealed")))?;
        bytes.extend(nonce);
        bytes.extend(sealed);
        put(&self.dir, "sealed", &bytes).map_err(failed)
    }

    /// The key of this kind. `make` begins a key file where there is none.
    fn key(&self, kind: KeyKind, make: bool) -> Result<Option<[u8; 32]>, SecretError> {
        match kind {
            KeyKind::Credential => Ok(self
                .credential()?
                .map(|material| blake3::derive_key("Audyn secrets: systemd credential", &material))),
            KeyKind::Machine => Ok(self.key_file(make)?.map(|random| {
                let mut material = random;
                // A machine without an id has the key file only.
                material.extend(fs::read(&self.machine_id).unwrap_or_default());
                blake3::derive_key("Audyn secrets: this machine", &material)
            })),
        }
    }

    fn credential(&self) -> Result<Option<Vec<u8>>, SecretError> {
        let Some(dir) = &self.credentials else { return Ok(None) };
        let path = dir.join(CREDENTIAL);
        match fs::read(&path) {
            Ok(material) if material.len() >= LEAST_KEY => Ok(Some(material)),
            Ok(_) => {
                let short = io::Error::other("it is shorter than 32 bytes");
                Err(SecretError::file("use the credential", path)(short))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(SecretError::file("read the credential", path)(error)),
        }
    }

    fn key_file(&self, make: bool) -> Result<Option<Vec<u8>>, SecretError> {
        let path = self.dir.join("key");
        match fs::read(&path) {
            Ok(key) if key.len() >= LEAST_KEY => Ok(Some(key)),
            Ok(_) if !make => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !make => Ok(None),
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(SecretError::file("read", path)(error))
            }
            Ok(_) | Err(_) => {
                let mut key = vec![0; LEAST_KEY];
                random(&mut key)
                    .and_then(|()| put(&self.dir, "key", &key))
                    .map_err(SecretError::file("make", path))?;
                Ok(Some(key))
            }
        }
    }

    fn set_aside(&self, path: &Path) -> Result<(), SecretError> {
        let free = (1..100).map(|n| self.dir.join(format!("sealed-unreadable-{n}")));
        let aside = free.into_iter().find(|name| !name.exists());
        let aside = aside.unwrap_or_else(|| self.dir.join("sealed-unreadable"));
        fs::rename(path, &aside).map_err(SecretError::file("set aside", path))
    }
}

/// Writes a file whole or not at all, for the eyes of this user.
fn put(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let part = dir.join(format!("{name}.part"));
    match fs::remove_file(&part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    // Step 1: under another name, complete and on disk.
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    // Step 2: the rename is what makes it the file; the folder remembers it.
    fs::rename(&part, dir.join(name))?;
    File::open(dir)?.sync_all()
}

fn random(bytes: &mut [u8]) -> io::Result<()> {
    getrandom::fill(bytes).map_err(|error| io::Error::other(error.to_string()))
}
