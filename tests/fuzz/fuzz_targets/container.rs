//! Any bytes are inspected, mended and decoded within bounds; what is mended stays mended.

#![no_main]

use std::io::Cursor;

use audyn_codec::{Mend, decode, inspect, mend};
use libfuzzer_sys::fuzz_target;

// A panic inside a decoder that is not ours may be caught; one that gets out ends the run as it does everywhere.
fuzz_target!(init: drop(std::panic::take_hook()), |bytes: &[u8]| {
    if let Ok(told) = inspect(&mut Cursor::new(bytes)) {
        assert!(told.channels > 0);
        assert!(told.audio.start <= told.audio.end && told.audio.end <= bytes.len() as u64, "{told:?}");
    }
    let mut samples = 0;
    let decoded = decode(&mut Cursor::new(bytes), &mut |piece| samples += piece.len() as u64);
    if let Ok(decoded) = decoded {
        assert_eq!(samples, decoded.frames * u64::from(decoded.channels));
    }
    let Ok(plan) = mend(&mut Cursor::new(bytes)) else { return };
    assert!(plan.keep <= bytes.len() as u64, "{plan:?}");
    let mended = carry_out(bytes, &plan);
    let again = mend(&mut Cursor::new(&mended)).expect("a mended file can be read");
    assert!(again.is_nothing(), "mended twice: {plan:?}, then {again:?}");
    assert_eq!(again.frames, plan.frames);
});

fn carry_out(bytes: &[u8], plan: &Mend) -> Vec<u8> {
    if plan.is_nothing() {
        return bytes.to_vec();
    }
    let mut file = bytes[..plan.keep as usize].to_vec();
    file.extend(&plan.append);
    for patch in &plan.patches {
        let at = patch.at as usize;
        file[at..at + patch.bytes.len()].copy_from_slice(&patch.bytes);
    }
    file
}
