//! Which provider, and as whom we ask it.

use audyn_service::api::wire::EntraSettings;
use url::{Host, Url};

/// What Entra ID serves: directory objects, groups among them.
const GRAPH: &str = "https://graph.microsoft.com";
/// Characters of the page that somebody wanted.
const NEXT: usize = 200;

/// A provider, and this station as the provider knows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// The provider's issuer, exactly as it names itself.
    pub issuer: String,
    /// Entra's tenant, if it is Entra: every token must be of it.
    pub tenant: Option<String>,
    /// The application's id there.
    pub client_id: String,
    /// None for a public client: PKCE alone proves us then.
    pub client_secret: Option<String>,
    /// Where the browser comes back to: this station's `/api/auth/callback`.
    pub redirect: String,
    /// Where groups are read that do not fit into a token; none if there is no such place.
    pub graph: Option<String>,
    /// Groups make a difference here: those that are not in the token are asked for.
    pub wants_groups: bool,
}

impl Settings {
    /// As the station is set. `called` is how the browser calls it: `https://audyn.example`.
    ///
    /// # Errors
    /// Everything that is wrong with it, in sentences.
    pub fn of(entra: &EntraSettings, secret: Option<String>, called: &str) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let tenant = guid(&entra.tenant);
        let (issuer, tenant) = match (&entra.issuer, tenant) {
            (Some(issuer), _) => (issuer.clone(), None),
            (None, Some(tenant)) => {
                (format!("https://login.microsoftonline.com/{tenant}/v2.0"), Some(tenant))
            }
            (None, None) => {
                problems.push(format!(
                    "\"{}\" is no tenant id; give the directory's id as Entra shows it, like 72f988bf-86f1-41af-91ab-2d7cd011db47.",
                    entra.tenant.escape_debug()
                ));
                ("https://login.microsoftonline.com/".to_owned(), None)
            }
        };
        // Another provider has groups elsewhere only if that was said.
        let graph = entra.graph.clone().or_else(|| entra.issuer.is_none().then(|| GRAPH.to_owned()));
        let named = [&entra.admins, &entra.operators, &entra.viewers].iter().any(|named| !named.is_empty());
        let settings = Self {
            issuer,
            tenant,
            client_id: entra.client_id.trim().to_owned(),
            client_secret: secret,
            redirect: entra.redirect.clone().unwrap_or_else(|| format!("{called}/api/auth/callback")),
            graph,
            wants_groups: named || !entra.studios.is_empty(),
        };
        problems.extend(settings.problems());
        if problems.is_empty() { Ok(settings) } else { Err(problems) }
    }

    /// Everything that is wrong with it, in sentences.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if let Err(why) = safe(&self.issuer) {
            problems.push(format!("The provider's address cannot be used: {why}."));
        }
        if self.client_id.is_empty()
            || self.client_id.len() > 200
            || !self.client_id.bytes().all(|b| b.is_ascii_graphic())
        {
            problems.push(
                "The client id is missing or no id; copy the application's id from the provider.".to_owned(),
            );
        }
        if let Some(graph) = &self.graph
            && let Err(why) = safe(graph)
        {
            problems.push(format!("The address of groups cannot be used: {why}."));
        }
        match safe(&self.redirect) {
            Err(why) => problems.push(format!("The redirect address cannot be used: {why}.")),
            Ok(url) if url.path() != "/api/auth/callback" || url.query().is_some() => problems.push(
                "The redirect address must end in /api/auth/callback, exactly as it is registered with the provider."
                    .to_owned(),
            ),
            Ok(_) => {}
        }
        problems
    }

    /// The provider's host, for sentences.
    pub(super) fn host(&self) -> String {
        Url::parse(&self.issuer)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_else(|| "an address that is none".to_owned())
    }
}

/// Without the secret.
impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("client_secret", &self.client_secret.as_ref().map(|_| "…"))
            .field("redirect", &self.redirect)
            .finish_non_exhaustive()
    }
}

/// The page to go on with: a path of this station, else its first one. Anything else could lead elsewhere.
pub(super) fn next(wanted: Option<&str>) -> String {
    let fits = |path: &&str| {
        path.len() <= NEXT
            && path.starts_with('/')
            && !path.starts_with("//")
            && path.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'\\' | b'"' | b'\'' | b'<' | b'>'))
    };
    wanted.filter(fits).unwrap_or("/").to_owned()
}

/// An address that secrets may be sent to: TLS, or this machine.
pub(super) fn safe(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| "it is no address; begin it with https://".to_owned())?;
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => {}
        "http" if here => {}
        _ => return Err("it must begin with https://, unless it is on this machine".to_owned()),
    }
    if url.host().is_none()
        || !url.username().is_empty()
        || url.password().is_some()
        || url.fragment().is_some()
    {
        return Err("it must be a plain address, without a user, a password or a #".to_owned());
    }
    Ok(url)
}

/// A GUID in lower case.
fn guid(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    let digits = text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit());
    (digits && lengths == [8, 4, 4, 4, 12]).then_some(text)
}
