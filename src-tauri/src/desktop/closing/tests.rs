use super::*;

#[test]
fn closing_never_ends_a_recording_unasked() {
    let rows = [
        // locked, recording, close to tray, tray → what closing means
        (false, 0, false, false, Close::Leave),
        (false, 0, true, true, Close::Leave),
        (false, 1, false, false, Close::Ask),
        (false, 1, false, true, Close::Ask),
        (false, 64, true, true, Close::Hide),
        // Without a tray nobody could bring the window back.
        (false, 64, true, false, Close::Ask),
        (true, 0, false, true, Close::Refuse),
        (true, 3, true, true, Close::Refuse),
    ];
    for (locked, recording, close_to_tray, tray, expected) in rows {
        let moment = Moment { locked, recording, close_to_tray, tray };
        assert_eq!(decide(moment), expected, "{moment:?}");
    }
}
