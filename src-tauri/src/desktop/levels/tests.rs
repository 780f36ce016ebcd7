use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

fn counting(pump: &Pump) -> (u32, Arc<AtomicU32>) {
    let received = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&received);
    let channel = Channel::new(move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        Ok(())
    });
    let id = channel.id();
    pump.begin(channel);
    (id, received)
}

#[test]
fn a_page_that_takes_nothing_holds_one_window_of_frames() {
    let pump = Pump::default();
    let (id, received) = counting(&pump);
    let mut made = 0;
    for _ in 0..1000 {
        pump.send(|| {
            made += 1;
            text(&[0; 4])
        });
    }
    assert_eq!((received.load(Ordering::Relaxed), made), (WINDOW, WINDOW));
    pump.taken(id, 4);
    for _ in 0..1000 {
        pump.send(|| text(&[0; 4]));
    }
    assert_eq!(received.load(Ordering::Relaxed), WINDOW + 4);
}

#[test]
fn a_slow_page_holds_up_no_other() {
    let pump = Pump::default();
    let (_, slow) = counting(&pump);
    let (id, quick) = counting(&pump);
    for _ in 0..100 {
        pump.send(|| text(&[0; 4]));
        pump.taken(id, 1);
    }
    assert_eq!((slow.load(Ordering::Relaxed), quick.load(Ordering::Relaxed)), (WINDOW, 100));
}

#[test]
fn a_page_that_says_too_much_gains_nothing() {
    let mut credit = Credit::default();
    credit.taken(1000);
    assert_eq!((0..1000).filter(|_| credit.send()).count(), WINDOW as usize);
}

#[test]
fn a_channel_that_fails_or_is_ended_gets_nothing_more() {
    let pump = Pump::default();
    pump.begin(Channel::new(|_| Err(tauri::Error::WindowNotFound)));
    let (id, received) = counting(&pump);
    pump.send(|| text(&[0; 4]));
    assert_eq!(pump.lines().open.len(), 1);
    pump.end(id);
    pump.send(|| text(&[0; 4]));
    assert_eq!(received.load(Ordering::Relaxed), 1);
}

#[test]
fn a_frame_is_a_json_string() {
    let frame: &[f32] = &[1.0, -18.0];
    assert_eq!(text(cast_slice(frame)), "\"AACAPwAAkME=\"");
    assert_eq!(text(&[]), "\"\"");
}
