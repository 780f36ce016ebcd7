use std::io::Cursor;
use std::process::{Command, Output};

use audyn_model::{Container, SampleFormat};

use super::*;
use crate::rig::{about_at, format, record, sines, spec};

/// This test alone, as another process in which `AUDYN_PANICS` is set: the hook is the process's.
fn again(name: &str) -> Option<Output> {
    if std::env::var_os("AUDYN_PANICS").is_some() {
        return None;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([&format!("foreign::tests::{name}"), "--exact", "--nocapture"]).env("AUDYN_PANICS", "1");
    Some(command.output().unwrap())
}

#[test]
fn a_decoder_that_panics_is_an_error_and_says_nothing() {
    let Some(output) = again("a_decoder_that_panics_is_an_error_and_says_nothing") else {
        let result = foreign("FLAC", || panic!("inside"));
        let message = result.map(|()| "no error".to_owned()).unwrap_or_else(|error| error.to_string());
        assert!(message.contains("the FLAC decoder"), "{message}");
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("panicked"), "{said}");
}

#[test]
fn what_panics_elsewhere_is_told_as_ever() {
    let Some(output) = again("what_panics_elsewhere_is_told_as_ever") else {
        let _ = foreign("FLAC", || panic!("inside"));
        // Another thread, while this one is in a call.
        let _ = foreign("FLAC", || {
            let beside = std::thread::spawn(|| panic!("beside it"));
            assert!(beside.join().is_err());
        });
        // What takes the samples is ours: its panic is neither damage nor silent.
        let format = format(8_000, 1, 16);
        for container in Container::ALL {
            let spec = spec(container, SampleFormat::Int16);
            let file = record(&spec, &format, &about_at(0, &format), &sines(&format, 0, 2_000));
            let taken = catch_unwind(|| {
                crate::decode(&mut Cursor::new(&file), &mut |_| panic!("of {container:?}")).is_ok()
            });
            assert!(taken.is_err(), "{container:?}");
        }
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let told = ["beside it", "of Wav", "of Opus", "of Flac", "of Mp3"];
    for panic in told {
        assert!(said.contains(panic), "{panic}: {said}");
    }
    assert_eq!(said.matches("panicked at").count(), told.len(), "{said}");
}
