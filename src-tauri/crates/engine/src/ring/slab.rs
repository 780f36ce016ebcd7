//! One mapping cut into blocks. Pages are given by the kernel when they are first touched, never in huge pages: a block
//! that is not used costs nothing.

use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;

/// The mapping all blocks of a ring lie in; unmapped with the last of them.
pub struct Slab {
    start: NonNull<u8>,
    bytes: usize,
}

// SAFETY: a slab is only an address range; access to its parts goes through the blocks, which do not overlap.
unsafe impl Send for Slab {}
// SAFETY: as above; `Slab` itself has no method that reads or writes the range.
unsafe impl Sync for Slab {}

/// A part of a slab that belongs to whoever holds it.
pub struct Block {
    samples: NonNull<i32>,
    capacity: usize,
    len: usize,
    _slab: Arc<Slab>,
}

// SAFETY: a block is the only access to its part of the slab, like a `Box<[i32]>`.
unsafe impl Send for Block {}

/// Maps one slab and cuts it into `count` blocks of `samples` each.
///
/// # Panics
/// If the address space cannot be mapped, as `Vec` does.
pub fn blocks(count: usize, samples: usize) -> Vec<Block> {
    let bytes = count * samples * size_of::<i32>();
    let slab = Arc::new(Slab::map(bytes.max(1)));
    (0..count)
        .map(|i| Block {
            // SAFETY: `i * samples` lies inside the mapping of `count * samples` samples.
            samples: unsafe { slab.start.cast::<i32>().add(i * samples) },
            capacity: samples,
            len: 0,
            _slab: Arc::clone(&slab),
        })
        .collect()
}

impl Slab {
    fn map(bytes: usize) -> Self {
        // SAFETY: an anonymous private mapping at an address of the kernel's choice touches no memory in use.
        let start = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                bytes,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        assert!(
            start != libc::MAP_FAILED,
            "cannot map {bytes} bytes for a ring: {}",
            std::io::Error::last_os_error()
        );
        // SAFETY: advice about the mapping just made; failure (a kernel without huge pages) changes nothing.
        unsafe { libc::madvise(start, bytes, libc::MADV_NOHUGEPAGE) };
        Self { start: NonNull::new(start.cast()).expect("mmap gives no null page without MAP_FIXED"), bytes }
    }
}

impl Drop for Slab {
    fn drop(&mut self) {
        // SAFETY: the range is the one mapped in `map`; no block refers to it any more.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.bytes) };
    }
}

impl Block {
    /// The samples written so far.
    #[must_use]
    pub fn samples(&self) -> &[i32] {
        // SAFETY: `len <= capacity` samples from `samples` on belong to this block and were zeroed by the kernel or
        // written; the block is borrowed for as long as the slice.
        unsafe { std::slice::from_raw_parts(self.samples.as_ptr(), self.len) }
    }

    /// Samples that still fit.
    #[must_use]
    pub const fn room(&self) -> usize {
        self.capacity - self.len
    }

    /// The next `count` samples, to be written and then kept by [`Self::keep`].
    pub(super) fn spare(&mut self, count: usize) -> &mut [i32] {
        assert!(count <= self.room(), "a block is filled within its room");
        // SAFETY: the range lies inside the block's part (asserted) and the block is borrowed exclusively.
        unsafe { std::slice::from_raw_parts_mut(self.samples.add(self.len).as_ptr(), count) }
    }

    /// Adds `count` samples written through [`Self::spare`].
    pub(super) fn keep(&mut self, count: usize) {
        assert!(count <= self.room(), "a block is filled within its room");
        self.len += count;
    }

    /// Forgets the samples.
    pub(super) const fn clear(&mut self) {
        self.len = 0;
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Block({} of {} samples)", self.len, self.capacity)
    }
}
