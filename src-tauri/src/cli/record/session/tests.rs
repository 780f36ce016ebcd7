use audyn_service::recorder::State::{Degraded, Error, Recording, Stopped, Stopping};

use super::judge;
use crate::exit::Exit;

#[test]
fn the_exit_code_tells_the_worst_that_happened() {
    let why = || "why".to_owned();
    for (ended, never_started, expected) in [
        (vec![Stopped, Stopped], 0, Exit::Done),
        (vec![Stopped], 1, Exit::Partly),
        (vec![Stopped, Error(why())], 1, Exit::Failed),
        (vec![Error(why()), Stopping], 0, Exit::Unfinished),
        (vec![Recording], 0, Exit::Unfinished),
        (vec![Degraded(why())], 0, Exit::Unfinished),
        (vec![], 0, Exit::Done),
    ] {
        assert_eq!(
            judge(&ended.iter().collect::<Vec<_>>(), never_started),
            expected,
            "{ended:?} {never_started}"
        );
    }
}
