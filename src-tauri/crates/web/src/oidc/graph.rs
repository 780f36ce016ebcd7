//! Groups that do not fit into a token ("groups overage claim"): Microsoft Graph names them, page by page.

use openidconnect::http::{Method, Request, header};
use openidconnect::{AccessToken, AsyncHttpClient as _};
use serde::Deserialize;
use url::Url;

use super::Refusal;
use super::http::Http;

/// Pages that are read, of 999 groups each.
const MOST_PAGES: usize = 10;
/// Ids only: nothing else is needed.
const PATH: &str = "/v1.0/me/transitiveMemberOf/microsoft.graph.group?$select=id&$top=999";

#[derive(Deserialize)]
struct Page {
    value: Vec<Group>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Group {
    id: String,
}

/// Ids of every group that the bearer is in, by whatever way.
pub(super) async fn groups(http: &Http, base: &str, token: &AccessToken) -> Result<Vec<String>, Refusal> {
    let first = format!("{}{PATH}", base.trim_end_matches('/'));
    let first = Url::parse(&first).map_err(|_| unread("its address cannot be used"))?;
    let mut groups = Vec::new();
    let mut at = first.clone();
    for _ in 0..MOST_PAGES {
        let request = Request::builder()
            .method(Method::GET)
            .uri(at.as_str())
            .header(header::ACCEPT, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {}", token.secret()))
            .body(Vec::new())
            .map_err(|_| unread("its address cannot be used"))?;
        let response = http.call(request).await.map_err(|error| unread(&error.to_string()))?;
        if !response.status().is_success() {
            return Err(unread(&format!("it answers {}", response.status())));
        }
        let page: Page = serde_json::from_slice(response.body())
            .map_err(|error| unread(&format!("it answers what is no list: {error}")))?;
        groups.extend(page.value.into_iter().map(|group| group.id).filter(|id| id.len() <= 255));
        let Some(next) = page.next else { return Ok(groups) };
        at = Url::parse(&next).map_err(|_| unread("its next page has no address"))?;
        // The token goes nowhere else.
        if at.origin() != first.origin() {
            return Err(unread("its next page is elsewhere"));
        }
    }
    Err(unread("there are more than 9990 of them"))
}

/// Groups that are not known would be rights that are not known.
pub(super) fn unread(why: &str) -> Refusal {
    tracing::warn!(why, "somebody's groups cannot be read at the provider");
    Refusal::Unavailable(
        "Your groups cannot be read at the provider, so your rights are not known.".to_owned(),
    )
}
