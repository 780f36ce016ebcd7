//! Where sound goes: the system's sound cards, or in tests one that the test plays itself.

use std::any::Any;

use audyn_engine::play::{Error, Feed, Format, Output};

/// Opens outputs.
pub(super) trait Outputs: Send {
    /// Opens one, or the default one, for audio of so many frames per second.
    fn open(&mut self, device: Option<&str>, rate: u32) -> Result<Opened, Error>;
}

/// An open output.
pub(super) struct Opened {
    pub feed: Feed,
    pub format: Format,
    /// For people.
    pub name: String,
    /// Closes it when it is dropped.
    pub _closes: Box<dyn Any>,
}

/// The system's.
pub(super) struct Cards;

impl Outputs for Cards {
    fn open(&mut self, device: Option<&str>, rate: u32) -> Result<Opened, Error> {
        let (output, feed) = Output::open(device, rate)?;
        let (format, name) = (output.format(), output.name().to_owned());
        Ok(Opened { feed, format, name, _closes: Box::new(output) })
    }
}
