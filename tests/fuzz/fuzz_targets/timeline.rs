//! Any packets at any times never panic, and a packet of the current sender has the one place that its timestamp allows.

#![no_main]

use audyn_engine::rtp::timeline::{Arrival, Head, Timeline, Verdict};
use audyn_engine::source::aes67::MediaClock;
use audyn_model::{Mono, Rate, SampleIndex, Tai};
use libfuzzer_sys::fuzz_target;

/// 2026-01-01T00:00:37 TAI.
const NEW_YEAR: i64 = 1_767_225_637_000_000_000;

fuzz_target!(|bytes: &[u8]| {
    let [clock, rate, epoch, o1, o2, steps @ ..] = bytes else { return };
    let rate =
        Rate::new([8_000, 44_100, 48_000, 96_000, 192_000, 384_000][usize::from(rate % 6)]).expect("a rate");
    let offset = u32::from_be_bytes([*o1, *o2, *o1, *o2]);
    let clock = match clock % 3 {
        0 => MediaClock::Undeclared,
        1 => MediaClock::Direct { offset },
        _ => MediaClock::Free,
    };
    let mut arrival = Arrival { mono: Mono(1), tai: Tai(if epoch % 2 == 0 { NEW_YEAR } else { 0 }) };
    let mut timeline = Timeline::new(rate, clock);
    let samples = i128::from(arrival.tai.0) * i128::from(rate.hz()) / 1_000_000_000;
    let timestamp = (samples as u32).wrapping_add(offset);
    let mut head = Head { ssrc: 1, sequence: 65_530, timestamp, frames: 48 };
    let mut next = SampleIndex(i64::MIN / 2);
    for step in steps.as_chunks::<6>().0 {
        let [what, a, b, c, d, e] = *step;
        let wide = u32::from_be_bytes([a, b, c, d]);
        match what % 8 {
            // The stream goes on, with time or without.
            0..=2 => {
                head.sequence = head.sequence.wrapping_add(1);
                head.timestamp = head.timestamp.wrapping_add(head.frames);
                let ns = i64::from(head.frames) * 1_000_000_000 / i64::from(rate.hz());
                pass(&mut arrival, if e % 4 == 0 { 0 } else { ns });
            }
            3 => head.sequence = head.sequence.wrapping_add(u16::from_be_bytes([a, b])),
            4 => head.timestamp = head.timestamp.wrapping_add(wide),
            5 => head.ssrc = u32::from(a % 4),
            // Up to 4.3 s, or up to 50 days.
            6 => pass(&mut arrival, i64::from(wide) * if e % 2 == 0 { 1 } else { 1_000_000 }),
            // The host's clock is set; or packets have another length.
            _ if e % 2 == 0 => arrival.tai.0 += i64::from(wide.cast_signed()) * 1_000_000,
            _ => head.frames = 1 + u32::from(a),
        }
        place(&mut timeline, &head, arrival, &mut next);
    }
});

fn pass(arrival: &mut Arrival, ns: i64) {
    arrival.mono.0 += ns;
    arrival.tai.0 += ns;
}

fn place(timeline: &mut Timeline, head: &Head, arrival: Arrival, next: &mut SampleIndex) {
    match timeline.place(head, arrival, *next) {
        Verdict::At(index) | Verdict::AtAlone(index) => {
            assert!(timeline.belongs(head) || timeline.last_heard().is_some());
            assert_eq!(timeline.index_of(head.timestamp), index, "{head:?}");
            *next = (*next).max(index.plus(i64::from(head.frames)));
        }
        Verdict::Hold => {}
        Verdict::Adopted => {
            assert!(timeline.belongs(head), "the packet that decides is one of the stream");
            let index = timeline.index_of(head.timestamp);
            *next = (*next).max(index.plus(i64::from(head.frames)));
        }
    }
    assert!(timeline.expected(arrival.mono).is_some() == timeline.last_heard().is_some());
    let anchor = timeline.anchor();
    let there_and_back = anchor.index_at(anchor.tai_at(anchor.at));
    assert_eq!(there_and_back, anchor.at, "{anchor:?}");
}
