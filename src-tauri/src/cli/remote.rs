//! `audyn remote`: a window on another Audyn of the network.

use crate::exit::Exit;
use crate::logging::Logging;

const EXAMPLES: &str = "\
The other Audyn has to have Network access switched on in its settings. What is seen and may be done there is what the
sign-in there allows. Nothing of this machine is recorded or shown to it.

Examples:
  audyn remote https://studio-a.example:8443
  audyn remote https://192.168.1.20:8443 --fingerprint 2C:F2:4D:…";

/// Flags of `audyn remote`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct RemoteArgs {
    /// The station's address, as its settings show it: https, or http on this machine
    #[arg(value_name = "ADDRESS")]
    pub station: String,
    /// SHA-256 fingerprint of its certificate, as its settings show it; without it you are asked once
    #[arg(long, value_name = "SHA-256")]
    pub fingerprint: Option<String>,
    /// A further host that its sign-in leads to; may be repeated
    #[arg(long, value_name = "HOST")]
    pub sign_in: Vec<String>,
}

#[cfg(feature = "desktop")]
pub(super) fn run(args: &RemoteArgs, logging: &Logging) -> anyhow::Result<Exit> {
    use super::output;
    use crate::desktop::{Ended, remote};
    let options = match options(args) {
        Ok(options) => options,
        Err(problem) => {
            output::problems(&[problem]);
            return Ok(Exit::Usage);
        }
    };
    match remote::run(options, logging)? {
        Ended::Closed | Ended::Shown => Ok(Exit::Done),
        Ended::NoDisplay => anyhow::bail!("there is no display to open the window on"),
    }
}

#[cfg(not(feature = "desktop"))]
pub(super) fn run(_: &RemoteArgs, _: &Logging) -> anyhow::Result<Exit> {
    anyhow::bail!("this Audyn was built without a window; open the station's address in a browser")
}

#[cfg(feature = "desktop")]
fn options(args: &RemoteArgs) -> Result<crate::desktop::remote::Options, crate::config::Problem> {
    use crate::config::Problem;
    use crate::desktop::remote::{Options, loopback};
    let wrong = |why: &str| {
        let right = "give the address that the station's settings show, such as https://192.168.1.20:8443";
        Problem::new(args.station.clone(), why.to_owned(), right.to_owned())
    };
    let station: tauri::Url =
        args.station.parse().map_err(|error| wrong(&format!("is not an address: {error}")))?;
    let here = loopback(&station);
    match station.scheme() {
        "https" => {}
        "http" if here => {}
        "http" => return Err(wrong("would send passwords over the network in clear: https is needed")),
        _ => return Err(wrong("is neither https nor http")),
    }
    if !station.username().is_empty() || station.password().is_some() {
        return Err(wrong("has a name or password in it: you sign in on the page"));
    }
    let fingerprint = args.fingerprint.as_deref().map(str::parse).transpose();
    let fingerprint = fingerprint.map_err(|why: String| {
        Problem::new("--fingerprint".to_owned(), why, "copy it from the station's settings".to_owned())
    })?;
    Ok(Options {
        station,
        fingerprint,
        sign_in: args.sign_in.clone(),
        state_dir: audyn_service::Options::from_environment(super::ORIGINATOR, false).state_dir,
    })
}

#[cfg(all(test, feature = "desktop"))]
mod tests {
    use super::{RemoteArgs, options};

    fn of(station: &str, fingerprint: Option<&str>) -> Result<String, String> {
        let args = RemoteArgs {
            station: station.to_owned(),
            fingerprint: fingerprint.map(str::to_owned),
            sign_in: Vec::new(),
        };
        options(&args).map(|options| options.station.to_string()).map_err(|problem| format!("{problem:?}"))
    }

    #[test]
    fn only_addresses_that_keep_a_password_secret_are_taken() {
        assert_eq!(of("https://a.example:8443", None).unwrap(), "https://a.example:8443/");
        assert_eq!(of("http://127.0.0.1:8443", None).unwrap(), "http://127.0.0.1:8443/");
        for (wrong, why) in [
            ("a.example", "not an address"),
            ("http://a.example", "in clear"),
            ("file:///etc/passwd", "neither"),
            ("https://me:secret@a.example", "name or password"),
        ] {
            let said = of(wrong, None).unwrap_err();
            assert!(said.contains(why), "{wrong}: {said}");
        }
        assert!(of("https://a.example", Some("12")).unwrap_err().contains("64 hexadecimal"));
    }
}
