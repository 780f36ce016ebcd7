use super::choice::{Offer, Words, choose, is_worth_listing};
use super::{Callback, Feed, Format, Lost, ring};

/// 1000 frames a second: a fade is 5 frames.
const FORMAT: Format = Format { rate: 1_000, channels: 2 };
const RAMP: usize = 5;

/// `frames` stereo frames counting from `first`, right being the negative of left.
fn counting(first: usize, frames: usize) -> Vec<f32> {
    (first..first + frames).flat_map(|n| [n as f32, -(n as f32)]).collect()
}

/// The left channel of what is played next; the right one has to be its negative.
fn played(callback: &mut Callback, frames: usize, latency: u64) -> Vec<f32> {
    let mut out = vec![9.0; frames * 2];
    callback.fill(&mut out, latency);
    let (pairs, _) = out.as_chunks::<2>();
    assert!(pairs.iter().all(|[left, right]| *left == -*right));
    pairs.iter().map(|[left, _]| *left).collect()
}

fn playing(frames: usize) -> (Feed, Callback) {
    let (mut feed, callback) = ring(FORMAT, 100);
    assert_eq!(feed.push(&counting(1, frames)), frames);
    feed.play();
    (feed, callback)
}

#[test]
fn it_is_silent_until_told_to_play() {
    let (mut feed, mut callback) = ring(FORMAT, 100);
    feed.push(&counting(1, 50));
    assert_eq!(played(&mut callback, 20, 0), [0.0; 20]);
    assert_eq!((feed.heard(), feed.waiting(), feed.underruns()), (0, 50, 0));
}

#[test]
fn sound_fades_in_over_5_ms_and_then_passes_unchanged() {
    let (_feed, mut callback) = playing(50);
    let got = played(&mut callback, 20, 0);
    let ramp: Vec<f32> = (1..=RAMP).map(|n| n as f32 * (n as f32 / RAMP as f32)).collect();
    assert_eq!(got[..RAMP], ramp);
    assert_eq!(got[RAMP..], (RAMP + 1..=20).map(|n| n as f32).collect::<Vec<_>>());
}

#[test]
fn a_pause_fades_out_and_the_rest_waits_for_the_next_play() {
    let (mut feed, mut callback) = playing(80);
    played(&mut callback, 20, 0);
    feed.pause();
    let got = played(&mut callback, 10, 0);
    assert_eq!(got[..RAMP], [21.0 * 0.8, 22.0 * 0.6, 23.0 * 0.4, 24.0 * 0.2, 0.0]);
    assert_eq!(got[RAMP..], [0.0; 5]);
    assert_eq!(played(&mut callback, 10, 0), [0.0; 10]);
    feed.play();
    let got = played(&mut callback, 10, 0);
    assert_eq!((got[0], got[RAMP], got[9]), (26.0 * 0.2, 31.0, 35.0));
    assert_eq!(feed.underruns(), 0);
}

#[test]
fn a_discard_fades_out_drops_the_rest_and_counts_anew() {
    let (mut feed, mut callback) = playing(80);
    played(&mut callback, 20, 0);
    assert_eq!(feed.heard(), 0, "the buffer itself is still on its way out");
    feed.discard();
    assert!(feed.is_discarding());
    assert_eq!((feed.room(), feed.push(&counting(500, 10))), (0, 0), "nothing goes in while it is under way");
    let got = played(&mut callback, 10, 0);
    assert!(got[0] == 21.0 * 0.8 && got[RAMP..] == [0.0; 5]);
    assert_eq!((feed.is_discarding(), feed.heard(), feed.waiting()), (false, 0, 0));
    // Nothing there yet is not an underrun: the feeder has only just learnt of it.
    played(&mut callback, 10, 0);
    assert_eq!(feed.underruns(), 0);
    assert_eq!(feed.push(&counting(500, 20)), 20);
    let got = played(&mut callback, 10, 0);
    assert_eq!((got[0], got[9]), (500.0 * 0.2, 509.0));
    assert_eq!(played(&mut callback, 1, 0), [510.0]);
    assert_eq!(feed.heard(), 10, "of those handed over before this last frame");
}

#[test]
fn a_discard_in_a_pause_is_done_at_once() {
    let (mut feed, mut callback) = ring(FORMAT, 100);
    feed.push(&counting(1, 100));
    feed.discard();
    played(&mut callback, 1, 0);
    assert!(!feed.is_discarding());
    assert_eq!(feed.room(), 100);
}

#[test]
fn an_empty_ring_is_silence_that_is_counted_once_and_sound_fades_in_again() {
    let (mut feed, mut callback) = playing(10);
    let got = played(&mut callback, 14, 0);
    assert_eq!(got[9..], [10.0, 0.0, 0.0, 0.0, 0.0]);
    played(&mut callback, 6, 0);
    assert_eq!((feed.underruns(), feed.missing()), (1, 10));
    feed.push(&counting(11, 10));
    let got = played(&mut callback, 7, 0);
    assert_eq!((got[0], got[RAMP]), (11.0 * 0.2, 16.0));
    played(&mut callback, 7, 0);
    assert_eq!((feed.underruns(), feed.missing()), (2, 14));
}

#[test]
fn an_empty_ring_at_the_end_of_all_audio_is_no_fault() {
    let (mut feed, mut callback) = playing(10);
    feed.expect_more(false);
    played(&mut callback, 14, 0);
    assert_eq!((feed.underruns(), feed.missing()), (0, 0));
}

#[test]
fn heard_is_what_has_left_the_loudspeaker() {
    let (mut feed, mut callback) = playing(60);
    feed.expect_more(false);
    let mut heard = |latency: u64, wanted: u64| {
        played(&mut callback, 20, latency);
        assert_eq!(feed.heard(), wanted);
    };
    heard(0, 0);
    heard(20, 0);
    heard(40, 0);
    // Ring empty: 60 taken, and now 40 of latency and 20 of silence behind them, so 20 are out.
    heard(40, 20);
    heard(40, 40);
    heard(40, 60);
    heard(40, 60);
    assert!(feed.is_drained());
}

#[test]
fn the_volume_slides_and_never_jumps() {
    let (mut feed, mut callback) = ring(FORMAT, 100);
    feed.push(&[1.0, -1.0].repeat(100));
    feed.play();
    let before = played(&mut callback, 20, 0);
    assert_eq!(before[19], 1.0);
    feed.set_volume(0.25);
    let got = played(&mut callback, 20, 0);
    for pair in before[19..].iter().chain(&got).collect::<Vec<_>>().windows(2) {
        assert!((pair[0] - pair[1]).abs() <= 1.0 / RAMP as f32 + 1e-6, "{pair:?}");
    }
    assert_eq!(got[19], 0.25);
    for (asked, got) in [(7.0, 1.0), (-1.0, 0.0), (f32::NAN, 0.0)] {
        feed.set_volume(asked);
        assert_eq!(played(&mut callback, 10, 0)[9], got, "{asked}");
    }
}

#[test]
fn a_full_ring_takes_no_more() {
    let (mut feed, _callback) = ring(FORMAT, 10);
    assert_eq!(feed.push(&counting(1, 25)), 10);
    assert_eq!((feed.push(&counting(11, 5)), feed.room(), feed.waiting()), (0, 0, 10));
}

#[test]
fn the_first_reason_of_a_loss_stays() {
    let (feed, callback) = ring(FORMAT, 10);
    let alarm = callback.alarm();
    assert_eq!((feed.lost(), feed.late()), (None, 0));
    alarm.late();
    alarm.lost(Lost::Gone);
    alarm.lost(Lost::Failed);
    assert_eq!(feed.late(), 1);
    assert_eq!(feed.lost(), Some(Lost::Gone));
}

#[test]
fn the_least_change_is_chosen() {
    let offer = |words, channels, rates| Offer { words, channels, rates };
    let check = |offers: &[Offer], rate, wanted: Option<(Words, u32, u16)>| {
        let got = choose(offers, rate).map(|(words, format)| (words, format.rate, format.channels));
        assert_eq!(got, wanted, "{offers:?} for {rate}");
    };
    check(&[], 48_000, None);
    check(&[offer(Words::F32, 0, (1, 192_000))], 48_000, None);
    let any = [offer(Words::I16, 2, (8_000, 192_000)), offer(Words::F32, 2, (8_000, 192_000))];
    check(&any, 44_100, Some((Words::F32, 44_100, 2)));
    let integers = [offer(Words::I24, 2, (48_000, 48_000)), offer(Words::I16, 2, (48_000, 48_000))];
    check(&integers, 48_000, Some((Words::I24, 48_000, 2)));
    let pair_last = [offer(Words::F32, 1, (48_000, 48_000)), offer(Words::I16, 2, (48_000, 48_000))];
    check(&pair_last, 48_000, Some((Words::I16, 48_000, 2)));
    let wide = [offer(Words::I32, 32, (48_000, 48_000)), offer(Words::I32, 8, (48_000, 48_000))];
    check(&wide, 48_000, Some((Words::I32, 48_000, 8)));
    check(&wide, 44_100, Some((Words::I32, 48_000, 8)));
    let own_rate = [offer(Words::F32, 2, (48_000, 48_000)), offer(Words::I16, 1, (44_100, 44_100))];
    check(&own_rate, 44_100, Some((Words::I16, 44_100, 1)));
    check(&[offer(Words::I16, 2, (96_000, 192_000))], 44_100, Some((Words::I16, 96_000, 2)));
    check(&[offer(Words::I16, 2, (8_000, 44_100))], 96_000, Some((Words::I16, 44_100, 2)));
}

#[test]
fn people_are_offered_each_card_once() {
    for listed in
        ["default", "pipewire", "pulse", "studio-out", "plughw:CARD=PCH,DEV=0", "hdmi:CARD=NVidia,DEV=0"]
    {
        assert!(is_worth_listing(listed), "{listed}");
    }
    for left_out in [
        "null",
        "lavrate",
        "upmix",
        "hw:CARD=PCH,DEV=0",
        "plughw:CARD=0,DEV=0",
        "plughw:0,0",
        "sysdefault:CARD=PCH",
        "surround51:CARD=PCH,DEV=0",
        "dmix:CARD=PCH,DEV=0",
        "front:CARD=PCH,DEV=0",
    ] {
        assert!(!is_worth_listing(left_out), "{left_out}");
    }
}
