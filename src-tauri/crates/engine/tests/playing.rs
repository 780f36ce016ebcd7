//! The sound card's end of playing neither allocates nor frees, whatever the feeder does meanwhile.
//!
//! A binary of its own, because it brings its own allocator.

#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use audyn_engine::play::{Format, ring};

thread_local! {
    static TOUCHED: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Counts what a guarded thread allocates or frees.
struct Guard;

// SAFETY: every call is passed on unchanged to the system's allocator.
unsafe impl GlobalAlloc for Guard {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        TOUCHED.set(TOUCHED.get().map(|n| n + 1));
        // SAFETY: the caller's contract is handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        TOUCHED.set(TOUCHED.get().map(|n| n + 1));
        // SAFETY: the caller's contract is handed on.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Guard = Guard;

/// How often `work` touches the heap.
fn touches(work: impl FnOnce()) -> u64 {
    TOUCHED.set(Some(0));
    work();
    TOUCHED.replace(None).unwrap_or(u64::MAX)
}

#[test]
fn the_callback_touches_no_heap() {
    let (mut feed, mut callback) = ring(Format { rate: 48_000, channels: 2 }, 1_000);
    let audio = [0.5; 400];
    let mut out = [0.0; 256];
    let mut total = 0;
    for turn in 0..500_u32 {
        match turn % 17 {
            3 => feed.pause(),
            6 => feed.play(),
            9 => feed.set_volume(turn as f32 / 500.0),
            12 => feed.discard(),
            14 => feed.expect_more(turn % 2 == 0),
            0 | 1 | 2 | 4 | 5 | 7 => _ = feed.push(&audio),
            _ => {}
        }
        total += touches(|| callback.fill(&mut out, 300));
    }
    assert!(feed.underruns() > 0 && feed.missing() > 0, "the ring ran dry at times");
    assert_eq!(total, 0);
}

#[test]
fn the_guard_sees_an_allocation() {
    assert!(touches(|| drop(std::hint::black_box(Box::new(1)))) > 0);
}
