//! Another Audyn on the network, in a window of this machine: an operator's remote seat.
//!
//! The page is the one that the other station serves, with the sign-in of that station. It gets nothing of this machine
//! but a place to save a file to, chosen by a person each time: its window has a label that no capability names. No
//! station of this machine is opened.
//!
//! A certificate that the system's authorities vouch for is taken as it is. One that they do not is taken when its
//! fingerprint was given or trusted before; else a person compares it with the one that the station shows, once. One that
//! changed is refused.

mod save;
mod trust;

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Context as _;
use gtk::gio::prelude::TlsCertificateExt as _;
use gtk::glib;
use gtk::prelude::*;
use tauri::webview::{NewWindowResponse, PermissionResponse};
use tauri::{AppHandle, Manager as _, RunEvent, Url, WebviewUrl, WebviewWindowBuilder};
use webkit2gtk::{WebContextExt as _, WebViewExt};

use super::Ended;
use crate::logging::Logging;
use crate::shutdown;

pub use self::trust::Fingerprint;
use self::trust::{Trust, Verdict};

/// The window's label: not the one that may call commands.
const LABEL: &str = "remote";
/// How often a station that does not answer is tried again.
const AGAIN: Duration = Duration::from_secs(5);
/// Where Microsoft's sign-in leads.
const SIGN_IN: [&str; 3] = ["login.microsoftonline.com", "login.microsoft.com", "login.live.com"];

/// Which station, and how it is known.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its address: `https`, or `http` on this machine.
    pub station: Url,
    /// What its certificate has to be.
    pub fingerprint: Option<Fingerprint>,
    /// Hosts that its sign-in leads to, besides Microsoft's.
    pub sign_in: Vec<String>,
    /// Where trusted certificates are remembered.
    pub state_dir: PathBuf,
}

/// Opens the window and stays until it is closed.
///
/// # Errors
/// The window cannot be made; what is trusted cannot be read.
pub fn run(options: Options, logging: &Logging) -> anyhow::Result<Ended> {
    if gtk::init().is_err() {
        return Ok(Ended::NoDisplay);
    }
    let trust = Trust::open(&options.state_dir, &options.station, options.fingerprint)?;
    let asked = shutdown::watch(logging).context("cannot watch for signals")?;
    let app =
        tauri::Builder::default().build(tauri::generate_context!()).context("cannot start the window")?;
    let handle = app.handle().clone();
    open(&handle, &options, trust).context("cannot open the window")?;
    let ending = handle.clone();
    let logging = logging.clone();
    std::thread::Builder::new().name("asked".into()).spawn(move || {
        while let Ok(asked) = asked.recv() {
            match asked {
                shutdown::Asked::Stop => ending.exit(0),
                shutdown::Asked::Reload => logging.reopen(),
                shutdown::Asked::Trigger(_) => {}
            }
        }
    })?;
    let code = app.run_return(|_, _: RunEvent| {});
    anyhow::ensure!(code == 0, "the window ended with code {code}");
    Ok(Ended::Closed)
}

fn open(app: &AppHandle, options: &Options, trust: Trust) -> tauri::Result<()> {
    let (station, sign_in) = (options.station.clone(), options.sign_in.clone());
    let address = WebviewUrl::External(options.station.clone());
    let title = format!("{} – Audyn", authority(&options.station));
    let saving = app.clone();
    let window = WebviewWindowBuilder::new(app, LABEL, address)
        .title(title)
        .inner_size(1280.0, 800.0)
        .min_inner_size(800.0, 480.0)
        .devtools(false)
        .zoom_hotkeys_enabled(true)
        .disable_drag_drop_handler()
        .on_navigation(move |address| {
            let may = may_show(&station, &sign_in, address);
            if !may {
                tracing::warn!("the station's page wants to go to {address}: refused");
            }
            may
        })
        .on_new_window(|address, _| {
            tracing::warn!("the station's page wants to open {address}: refused");
            NewWindowResponse::Deny
        })
        .on_download(move |_, event| save::download(&saving, event))
        .on_permission_request(|_, _| PermissionResponse::Deny)
        .build()?;
    let (app, station) = (app.clone(), options.station.clone());
    window.with_webview(move |view| follow(&app, &view.inner(), station, trust))
}

/// Whether the window may show an address: the station, and where its sign-in leads.
fn may_show(station: &Url, sign_in: &[String], address: &Url) -> bool {
    if address.origin() == station.origin() {
        return true;
    }
    let Some(host) = address.host_str() else { return address.as_str() == "about:blank" };
    let known = SIGN_IN.contains(&host) || sign_in.iter().any(|known| known == host);
    // A provider on this machine is there for tests.
    known && (address.scheme() == "https" || loopback(address))
}

/// Whether an address is on this machine.
pub fn loopback(address: &Url) -> bool {
    match address.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Host and, if it is not the usual one, port.
fn authority(station: &Url) -> String {
    let host = station.host_str().unwrap_or_default();
    station.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Looks after what the page cannot: certificates, a station that does not answer, a page that has crashed.
fn follow(app: &AppHandle, view: &webkit2gtk::WebView, station: Url, trust: Trust) {
    let trust = Rc::new(std::cell::RefCell::new(trust));
    let (handle, of) = (app.clone(), station.clone());
    view.connect_load_failed_with_tls_errors(move |view, failing, certificate, _| {
        let same = Url::parse(failing).is_ok_and(|failing| failing.origin() == of.origin());
        let pem = certificate.certificate_pem();
        let fingerprint = pem.and_then(|pem| Fingerprint::of_pem(&pem));
        let Some(fingerprint) = fingerprint.filter(|_| same) else {
            tracing::error!("{failing} has a certificate that cannot be trusted: not shown");
            return false;
        };
        match trust.borrow().judge(&fingerprint) {
            Verdict::Trusted => take(view, certificate, &of),
            Verdict::Unknown if ask(&handle, &of, &fingerprint) => {
                if let Err(error) = trust.borrow_mut().remember(&fingerprint) {
                    tracing::error!("{error:#}");
                }
                take(view, certificate, &of);
            }
            Verdict::Unknown => handle.exit(0),
            Verdict::Changed { expected } => {
                refuse(&handle, &of, &fingerprint, &expected);
                handle.exit(1);
            }
        }
        true
    });
    let of = station.clone();
    view.connect_load_failed(move |view, _, failing, error| {
        // Another address was chosen meanwhile: no failure of the station.
        if error.matches(webkit2gtk::NetworkError::Cancelled) {
            return false;
        }
        tracing::warn!("{failing} cannot be shown: {error}");
        view.load_alternate_html(&waiting(&of), of.as_str(), None);
        let (view, of) = (view.clone(), of.clone());
        glib::timeout_add_local_once(AGAIN, move || view.load_uri(of.as_str()));
        true
    });
    view.connect_web_process_terminated(move |view, reason| {
        tracing::warn!("the page's process ended ({reason:?}): it is loaded again");
        view.load_uri(station.as_str());
    });
}

/// Takes this very certificate for this host from now on, and loads the page.
fn take(view: &webkit2gtk::WebView, certificate: &gtk::gio::TlsCertificate, station: &Url) {
    let Some((context, host)) = view.context().zip(station.host_str()) else { return };
    context.allow_tls_certificate_for_host(certificate, host);
    let (view, address) = (view.clone(), station.to_string());
    // Not from within the report of the failure.
    glib::idle_add_local_once(move || view.load_uri(&address));
}

fn ask(app: &AppHandle, station: &Url, fingerprint: &Fingerprint) -> bool {
    let question = format!("Is this the station at {}?", authority(station));
    let more = format!(
        "Its certificate is not known here. Its SHA-256 fingerprint is\n\n{fingerprint}\n\n\
         Compare it with the one that the station shows under Settings → Network access. \
         If they are not the same, somebody else may be answering: do not go on."
    );
    let dialog = message(app, gtk::MessageType::Question, &question, &more);
    dialog.add_button("_Cancel", gtk::ResponseType::Cancel);
    dialog.add_button("They are the same: _trust it", gtk::ResponseType::Accept);
    dialog.set_default_response(gtk::ResponseType::Cancel);
    let trusted = dialog.run() == gtk::ResponseType::Accept;
    dialog.close();
    trusted
}

fn refuse(app: &AppHandle, station: &Url, fingerprint: &Fingerprint, expected: &Fingerprint) {
    let name = authority(station);
    tracing::error!("the certificate of {name} is {fingerprint}, and {expected} is trusted: not shown");
    let more = format!(
        "It shows\n\n{fingerprint}\n\nand this machine trusts\n\n{expected}\n\n\
         If the station got a new certificate, compare the first one with what it shows under Settings → Network access, \
         then start again with --fingerprint and that value. Otherwise somebody else may be answering."
    );
    let title = format!("The certificate of {name} is not the one that is trusted");
    let dialog = message(app, gtk::MessageType::Error, &title, &more);
    dialog.add_button("_Close", gtk::ResponseType::Close);
    dialog.run();
    dialog.close();
}

/// A dialog over the window. Its texts can be selected, so that a fingerprint can be compared elsewhere.
fn message(app: &AppHandle, kind: gtk::MessageType, text: &str, more: &str) -> gtk::MessageDialog {
    let parent = app.get_webview_window(LABEL).and_then(|window| window.gtk_window().ok());
    let dialog =
        gtk::MessageDialog::new(parent.as_ref(), gtk::DialogFlags::MODAL, kind, gtk::ButtonsType::None, text);
    dialog.set_secondary_text(Some(more));
    dialog
}

/// What stands in the window while the station does not answer. No text in it is anybody else's.
fn waiting(station: &Url) -> String {
    let name = glib::markup_escape_text(&authority(station));
    format!(
        "<!doctype html><meta charset=utf-8><title>Audyn</title>\
         <style>html{{height:100%;background:#0a0d12;color:#f3f6fa;font:16px/24px sans-serif}}\
         body{{height:100%;margin:0;display:grid;place-content:center;text-align:center}}\
         p{{color:#b7c1ce;margin:8px}}</style>\
         <h1>{name} does not answer</h1>\
         <p>It is tried again every {} seconds.</p>\
         <p>Is it on, and is Network access switched on in its settings?</p>",
        AGAIN.as_secs()
    )
}

#[cfg(test)]
mod tests;
