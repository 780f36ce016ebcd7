use std::io::{self, Write};

use audyn_model::ChannelLevel;

use super::{Readers, line, print};

fn level(rms: f32, peak: f32, clipping: bool) -> ChannelLevel {
    ChannelLevel { peak, rms, clipping }
}

fn check(recorder: Option<&str>, levels: &[ChannelLevel], expected: &str) {
    let text = line(recorder, levels);
    assert_eq!(text, expected);
    let parsed: serde_json::Value = serde_json::from_str(&text).expect("one JSON object");
    assert_eq!(parsed["channels"], levels.len());
}

#[test]
fn a_line_is_one_object_with_sides_and_all_channels() {
    let silent = r#"{"rms_db":-120.0,"peak_db":-120.0,"clipping":false}"#;
    let full = r#"{"rms_db":-3.01,"peak_db":0.0,"clipping":true}"#;
    let sine = level(std::f32::consts::FRAC_1_SQRT_2, 1.0, true);
    let none = level(0.0, 0.0, false);
    check(
        None,
        &[sine, none],
        &format!(
            r#"{{"type":"levels","channels":2,"left":{full},"right":{silent},"all":[{full},{silent}]}}"#
        ),
    );
    check(None, &[none], &format!(r#"{{"type":"levels","channels":1,"left":{silent},"all":[{silent}]}}"#));
    check(
        Some("Studio \"1\""),
        &[none, none, sine],
        &format!(
            r#"{{"type":"levels","recorder":"Studio \"1\"","channels":3,"left":{silent},"right":{silent},"all":[{silent},{silent},{full}]}}"#
        ),
    );
    check(None, &[], r#"{"type":"levels","channels":0,"all":[]}"#);
}

#[test]
fn numbers_are_finite_with_at_most_two_decimals() {
    let rows = [
        (0.0, "-120.0"),
        (1.0, "0.0"),
        (-0.0, "-120.0"),
        (0.5, "-6.02"),
        (0.490, "-6.2"),
        (0.118_85, "-18.5"),
        (1e-12, "-120.0"),
        (f32::NAN, "-120.0"),
        (f32::INFINITY, "120.0"),
        // Just below full scale rounds to a zero without sign.
        (0.999_999, "0.0"),
    ];
    for (linear, expected) in rows {
        let text = line(None, &[level(linear, linear, false)]);
        assert!(
            text.contains(&format!("\"left\":{{\"rms_db\":{expected},\"peak_db\":{expected},")),
            "{linear}: {text}"
        );
    }
}

struct Pipe(io::ErrorKind);

impl Write for Pipe {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    assert_eq!(print(&mut Pipe(io::ErrorKind::BrokenPipe), "x\n").unwrap(), Readers::Gone);
    assert!(print(&mut Pipe(io::ErrorKind::StorageFull), "x\n").is_err());
    let mut out = Vec::new();
    assert_eq!(print(&mut out, "x\ny\n").unwrap(), Readers::Present);
    assert_eq!(out, b"x\ny\n");
}
