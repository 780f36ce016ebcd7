//! Preallocated places for payloads that cannot go out yet. The place freed last is used first, so that a quiet stream
//! touches few pages.

/// Longest payload kept: an Ethernet frame less its IPv4, UDP and RTP headers, and some for jumbo-tolerant senders.
const PLACE: usize = 2048;

/// Where a payload lies.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    number: u16,
    len: u16,
}

impl Place {
    pub(super) const NONE: Self = Self { number: u16::MAX, len: 0 };
}

/// A fixed number of places.
pub struct Shelf {
    bytes: Box<[u8]>,
    free: Vec<u16>,
}

impl Shelf {
    /// A shelf with this many places, at most 65 534.
    #[must_use]
    pub fn new(places: usize) -> Self {
        let places = places.min(usize::from(u16::MAX - 1));
        Self { bytes: vec![0; places * PLACE].into_boxed_slice(), free: (0..places as u16).rev().collect() }
    }

    /// No place is free.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.free.is_empty()
    }

    /// Keeps a copy of a payload (cut to 2048 bytes, which no datagram of ours exceeds).
    ///
    /// # Panics
    /// If the shelf is full.
    pub fn put(&mut self, payload: &[u8]) -> Place {
        let number = self.free.pop().expect("the caller asks is_full first");
        let len = payload.len().min(PLACE);
        let start = usize::from(number) * PLACE;
        self.bytes[start..start + len].copy_from_slice(&payload[..len]);
        Place { number, len: len as u16 }
    }

    /// The payload kept at a place.
    #[must_use]
    pub fn payload(&self, place: Place) -> &[u8] {
        let start = usize::from(place.number) * PLACE;
        &self.bytes[start..start + usize::from(place.len)]
    }

    /// Frees a place.
    pub fn take(&mut self, place: Place) {
        debug_assert!(!self.free.contains(&place.number));
        self.free.push(place.number);
    }
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shelf({} of {} places free)", self.free.len(), self.bytes.len() / PLACE)
    }
}
