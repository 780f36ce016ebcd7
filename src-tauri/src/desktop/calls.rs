//! The commands. Doors are thin: each reads, calls and answers.

use std::sync::Arc;

use audyn_service::api::{self, ApiError, Caller};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tauri::ipc::{Channel, Invoke, InvokeResponseBody};
use tauri::{AppHandle, State, Wry};

use super::closing::Answer;
use super::{Shell, closing, folder, kiosk, leave, reveal};

/// What the page is told about the shell around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShellInfo {
    /// This is a window, not a browser.
    pub desktop: bool,
    /// The program's version.
    pub version: &'static str,
    /// This is a studio's screen.
    pub kiosk: bool,
    /// The window has no way out.
    pub locked: bool,
    /// The studio that the command line named.
    pub studio: Option<String>,
    /// There is a tray that the window can go to.
    pub tray: bool,
}

type Shared<'a> = State<'a, Arc<Shell>>;

/// Every command there is; `permissions/window.toml` names them as well.
pub fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        call,
        levels,
        levels_taken,
        end_levels,
        shell_info,
        page_alive,
        pick_folder,
        reveal_file,
        leave_kiosk,
        enter_kiosk,
        answer_close,
        quit
    ]
}

#[tauri::command]
async fn call(shell: Shared<'_>, operation: String, request: Option<Value>) -> Result<Value, ApiError> {
    let service = shell.station.service().await?;
    api::dispatch(&service, &Caller::local(), &operation, request.unwrap_or_default()).await
}

#[tauri::command]
fn levels(shell: Shared<'_>, channel: Channel<InvokeResponseBody>) {
    shell.pump.begin(channel);
}

#[tauri::command]
fn levels_taken(shell: Shared<'_>, channel: u32, frames: u32) {
    shell.pump.taken(channel, frames);
}

#[tauri::command]
fn end_levels(shell: Shared<'_>, channel: u32) {
    shell.pump.end(channel);
}

#[tauri::command]
fn shell_info(shell: Shared<'_>) -> ShellInfo {
    shell.info()
}

#[tauri::command]
fn page_alive(shell: Shared<'_>) {
    shell.watcher.alive();
}

#[tauri::command]
async fn pick_folder(
    app: AppHandle,
    shell: Shared<'_>,
    start: Option<String>,
) -> Result<Option<String>, ApiError> {
    unlocked(&shell)?;
    folder::pick(&app, start).await
}

#[tauri::command]
async fn reveal_file(shell: Shared<'_>, id: String) -> Result<(), ApiError> {
    unlocked(&shell)?;
    reveal::reveal(shell.station.service().await?, id).await
}

#[tauri::command]
fn leave_kiosk(app: AppHandle) {
    kiosk::unlock(&app);
}

#[tauri::command]
fn enter_kiosk(app: AppHandle) {
    kiosk::lock(&app);
}

/// What a person decided about closing.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CloseAnswer {
    Tray,
    Quit,
    Cancel,
}

#[tauri::command]
fn answer_close(app: AppHandle, answer: CloseAnswer) {
    let answer = match answer {
        CloseAnswer::Tray => Answer::Tray,
        CloseAnswer::Quit => Answer::Quit,
        CloseAnswer::Cancel => Answer::Cancel,
    };
    closing::answered(&app, answer);
}

#[tauri::command]
fn quit(app: AppHandle, shell: Shared<'_>) -> Result<(), ApiError> {
    unlocked(&shell)?;
    leave::leave(&app);
    Ok(())
}

/// A studio's screen offers nothing that leads out of it.
fn unlocked(shell: &Shell) -> Result<(), ApiError> {
    if shell.seat.locked() {
        return Err(ApiError::new(api::Code::Forbidden, "This screen is locked. Unlock it first."));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
