//! Closing the window while something is being recorded is a decision.

use std::sync::atomic::Ordering;

use gtk::prelude::*;
use serde::Serialize;
use tauri::{AppHandle, Emitter as _};

use super::{leave, shell, window};

/// Event that asks the page to ask.
const CLOSE_REQUESTED: &str = "audyn://close-requested";

/// How things are when somebody closes the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// It is a locked studio screen.
    pub locked: bool,
    /// Recorders that should be recording.
    pub recording: usize,
    /// The settings say that closing means the tray.
    pub close_to_tray: bool,
    /// There is a tray.
    pub tray: bool,
}

/// What closing means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    /// Nothing: the window stays.
    Refuse,
    /// The window goes to the tray; recording goes on.
    Hide,
    /// A person decides.
    Ask,
    /// The program ends.
    Leave,
}

/// What a person decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// To the tray.
    Tray,
    /// Stop and quit.
    Quit,
    /// The window stays.
    Cancel,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct Question {
    recording: usize,
    tray: bool,
}

/// The rule. Without a tray a hidden window could not be found again, so it is asked.
#[must_use]
pub const fn decide(moment: Moment) -> Close {
    if moment.locked {
        Close::Refuse
    } else if moment.recording == 0 {
        Close::Leave
    } else if moment.close_to_tray && moment.tray {
        Close::Hide
    } else {
        Close::Ask
    }
}

/// Somebody closes the window.
pub fn requested(app: &AppHandle) {
    let shell = shell(app);
    let service = shell.station.open();
    let moment = Moment {
        locked: shell.seat.locked(),
        recording: service.as_ref().map_or(0, |service| service.wanted()),
        close_to_tray: service.is_some_and(|service| service.settings_now().close_to_tray),
        tray: shell.tray.load(Ordering::Relaxed),
    };
    match decide(moment) {
        Close::Refuse => tracing::info!("this screen is locked: the window is not closed"),
        Close::Hide => window::hide(app),
        Close::Leave => leave::leave(app),
        Close::Ask => {
            let question = Question { recording: moment.recording, tray: moment.tray };
            // A page that does not answer cannot ask.
            if !shell.watcher.answers() || app.emit(CLOSE_REQUESTED, question).is_err() {
                ask_without_page(app, question);
            }
        }
    }
}

/// Does what was decided.
pub fn answered(app: &AppHandle, answer: Answer) {
    match answer {
        // A tray that has gone in the meantime would not bring it back.
        Answer::Tray if shell(app).tray.load(Ordering::Relaxed) => window::hide(app),
        Answer::Tray => window::minimise(app),
        Answer::Quit => leave::leave(app),
        Answer::Cancel => {}
    }
}

fn ask_without_page(app: &AppHandle, question: Question) {
    let app = app.clone();
    let asked = app.clone().run_on_main_thread(move || {
        let parent = window::gtk_window(&app);
        let recorders = if question.recording == 1 { "1 recorder is" } else { "several recorders are" };
        let text = format!("Audyn's page does not answer, and {recorders} recording.");
        let dialog = gtk::MessageDialog::new(
            parent.as_ref(),
            gtk::DialogFlags::MODAL,
            gtk::MessageType::Question,
            gtk::ButtonsType::None,
            &text,
        );
        dialog.add_button("Cancel", gtk::ResponseType::Cancel);
        if question.tray {
            dialog.add_button("Keep recording in the tray", gtk::ResponseType::Accept);
        }
        dialog.add_button("Stop and quit", gtk::ResponseType::Close);
        dialog.connect_response(move |dialog, response| {
            dialog.close();
            // Every other way to close a dialog leaves things as they are.
            if response == gtk::ResponseType::Accept {
                answered(&app, Answer::Tray);
            } else if response == gtk::ResponseType::Close {
                answered(&app, Answer::Quit);
            }
        });
        dialog.show_all();
    });
    if let Err(error) = asked {
        tracing::warn!("cannot ask whether to quit: {error}");
    }
}

#[cfg(test)]
mod tests;
