//! Calls into decoders that are not ours. Some panic on damaged files (flac-codec 1.3.3 on an impossible residual
//! partition order): the file is damaged then, and the program is not.
//!
//! Such a panic is an answer, so the process's panic hook is passed by, on the thread of the call and for its length.
//! What panics outside of such a call goes its usual way, loudly; so only others' code belongs inside.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use crate::Error;

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Makes one call into the decoder of this name. Its state is not to be used again after an error.
pub(crate) fn foreign<T>(name: &str, call: impl FnOnce() -> T) -> Result<T, Error> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            if !INSIDE.get() {
                usual(panic);
            }
        }));
    });
    let outside = INSIDE.replace(true);
    // Whatever the call changed is dropped by the caller, which is what the error tells it to do.
    let outcome = catch_unwind(AssertUnwindSafe(call));
    INSIDE.set(outside);
    outcome.map_err(|_| Error::Malformed(format!("damaged: the {name} decoder cannot make sense of it")))
}

#[cfg(test)]
mod tests;
