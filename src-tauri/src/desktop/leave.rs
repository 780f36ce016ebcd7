//! The way out: every file is finished first.

use std::sync::atomic::Ordering;

use tauri::{AppHandle, Emitter as _};

use super::shell;
use crate::shutdown::FINISH_DEADLINE;

/// Event that tells the page that files are being finished.
const LEAVING: &str = "audyn://leaving";

/// Ends the program in order, on the thread `leave`. Asked twice, it goes on as it was.
pub fn leave(app: &AppHandle) {
    let shell = shell(app);
    if shell.leaving.swap(true, Ordering::AcqRel) {
        return;
    }
    tracing::info!("stopping: every file is being finished");
    let _ = app.emit(LEAVING, ());
    let app = app.clone();
    let left = std::thread::Builder::new().name("leave".into()).spawn({
        let app = app.clone();
        move || {
            shell.pump.close();
            // Nobody has the secret of a session that was begun at this window any more.
            if let Some(service) = shell.station.open() {
                shell.person.leave(&service);
            }
            shell.station.close(FINISH_DEADLINE);
            app.exit(0);
        }
    });
    if let Err(error) = left {
        tracing::error!("cannot start the thread that finishes files: {error}; the next start mends them");
        app.exit(1);
    }
}
