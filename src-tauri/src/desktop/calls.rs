//! The commands. Doors are thin: each reads, calls and answers.

use std::sync::Arc;

use audyn_service::api::wire::{AuditQuery, ConfigurationFile, Me, WaysIn};
use audyn_service::api::{self, ApiError};
use audyn_web::oidc::Shown;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tauri::ipc::{Channel, Invoke, InvokeResponseBody};
use tauri::{AppHandle, State, Wry};

use super::closing::Answer;
use super::save::Exported;
use super::{Shell, closing, folder, kiosk, leave, person, reveal, save};

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
        export_audit,
        save_configuration,
        reveal_file,
        leave_kiosk,
        enter_kiosk,
        ways_in,
        person,
        begin_sign_in,
        finish_sign_in,
        cancel_sign_in,
        sign_out,
        answer_close,
        quit
    ]
}

#[tauri::command]
async fn call(
    app: AppHandle,
    shell: Shared<'_>,
    operation: String,
    request: Option<Value>,
) -> Result<Value, ApiError> {
    let service = shell.station.service().await?;
    let caller = person::caller(&app, &service)?;
    api::dispatch(&service, &caller, &operation, request.unwrap_or_default()).await
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
async fn export_audit(
    app: AppHandle,
    shell: Shared<'_>,
    query: AuditQuery,
    name: String,
) -> Result<Option<Exported>, ApiError> {
    unlocked(&shell)?;
    let service = shell.station.service().await?;
    let Some(to) = save::ask(&app, "Export the audit log", &name).await? else { return Ok(None) };
    let read = move |query: AuditQuery| {
        let (app, service) = (app.clone(), service.clone());
        async move {
            let caller = person::caller(&app, &service)?;
            let request = serde_json::to_value(query).map_err(ApiError::internal)?;
            let part = api::dispatch(&service, &caller, "export_audit", request).await?;
            serde_json::from_value(part).map_err(ApiError::internal)
        }
    };
    save::audit(&to, query, read).await.map(Some)
}

#[tauri::command]
async fn save_configuration(app: AppHandle, shell: Shared<'_>) -> Result<Option<String>, ApiError> {
    unlocked(&shell)?;
    let service = shell.station.service().await?;
    let caller = person::caller(&app, &service)?;
    let file = api::dispatch(&service, &caller, "export_configuration", json!({})).await?;
    let file: ConfigurationFile = serde_json::from_value(file).map_err(ApiError::internal)?;
    let Some(to) = save::ask(&app, "Save the configuration", &file.name).await? else { return Ok(None) };
    save::text(&to, file.text).await.map(Some)
}

#[tauri::command]
async fn reveal_file(app: AppHandle, shell: Shared<'_>, id: String) -> Result<(), ApiError> {
    unlocked(&shell)?;
    let service = shell.station.service().await?;
    let caller = person::caller(&app, &service)?;
    reveal::reveal(service, caller, id).await
}

#[tauri::command]
fn leave_kiosk(app: AppHandle) {
    kiosk::unlock(&app);
}

#[tauri::command]
fn enter_kiosk(app: AppHandle) {
    kiosk::lock(&app);
}

#[tauri::command]
async fn ways_in(shell: Shared<'_>) -> Result<WaysIn, ApiError> {
    Ok(shell.station.service().await?.ways_in())
}

#[tauri::command]
async fn person(app: AppHandle, shell: Shared<'_>) -> Result<Option<Me>, ApiError> {
    // Without a session there is nothing to ask the service, which may be on its way.
    if !shell.person.is_somebody() {
        return Ok(None);
    }
    let caller = person::caller(&app, &shell.station.service().await?)?;
    Ok(shell.person.is_somebody().then(|| caller.me()))
}

#[tauri::command]
async fn begin_sign_in(shell: Shared<'_>) -> Result<Shown, ApiError> {
    shell.person.begin(&shell.station.service().await?).await
}

#[tauri::command]
async fn finish_sign_in(app: AppHandle, shell: Shared<'_>) -> Result<Me, ApiError> {
    let me = shell.person.finish(&shell.station.service().await?).await?;
    person::tell(&app);
    Ok(me)
}

#[tauri::command]
fn cancel_sign_in(shell: Shared<'_>) {
    shell.person.cancel();
}

#[tauri::command]
async fn sign_out(app: AppHandle, shell: Shared<'_>) -> Result<(), ApiError> {
    shell.person.sign_out(&shell.station.service().await?).await?;
    person::tell(&app);
    Ok(())
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
