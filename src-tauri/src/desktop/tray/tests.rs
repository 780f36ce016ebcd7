use super::*;

#[test]
fn the_tray_says_how_many_record_and_how_many_cannot() {
    let rows: [(&[(RecorderState, u32)], &str); 4] = [
        (&[], "0 of 0 recording"),
        (&[(RecorderState::Stopped, 2)], "0 of 2 recording"),
        (
            &[(RecorderState::Recording, 3), (RecorderState::Degraded, 1), (RecorderState::Stopped, 4)],
            "4 of 8 recording",
        ),
        (&[(RecorderState::Recording, 5), (RecorderState::Error, 1)], "5 of 6 recording, 1 not able to"),
    ];
    for (counts, expected) in rows {
        let counts: Vec<_> = counts.iter().map(|&(state, count)| StateCount { state, count }).collect();
        assert_eq!(count_words(&counts), expected);
    }
}
