//! Memory that is no longer needed, given back to the system.

/// Gives memory that was freed back to the system, as far as the allocator will. Takes a lock of the allocator and some
/// milliseconds: never for a receive thread.
pub fn give_memory_back() {
    // SAFETY: touches only what the allocator holds free.
    #[cfg(target_env = "gnu")]
    unsafe {
        libc::malloc_trim(0);
    }
}
