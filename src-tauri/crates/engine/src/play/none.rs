//! What a build without audio output says.

use super::{Device, Error, Feed, Format};

/// Never opened.
pub struct Output {
    never: std::convert::Infallible,
}

/// There are none.
///
/// # Errors
/// Always.
pub const fn devices() -> Result<Vec<Device>, Error> {
    Err(Error::NotBuilt)
}

impl Output {
    /// There are none.
    ///
    /// # Errors
    /// Always.
    pub const fn open(_: Option<&str>, _: u32) -> Result<(Self, Feed), Error> {
        Err(Error::NotBuilt)
    }

    /// How it is fed.
    #[must_use]
    pub const fn format(&self) -> Format {
        match self.never {}
    }

    /// Its name for people.
    #[must_use]
    pub const fn name(&self) -> &str {
        match self.never {}
    }
}
