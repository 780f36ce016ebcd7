//! Coming in and going out.

use reqwest::Method;
use serde_json::{Value, json};

use super::rig::{PASSWORD, Rig, refusal};

#[tokio::test(flavor = "multi_thread")]
async fn a_page_signs_in_and_out() {
    let rig = Rig::open().await;
    rig.user("ann@station.example", "operator", None).await;
    let reply = rig
        .request(Method::POST, "/api/auth/local")
        .json(&json!({ "email": "ann@station.example", "password": PASSWORD }))
        .send()
        .await
        .unwrap();
    let cookie = reply.headers()["set-cookie"].to_str().unwrap().to_owned();
    for part in ["audyn=", "Path=/", "HttpOnly", "SameSite=Strict"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let told: Value = reply.json().await.unwrap();
    assert_eq!(told["user"]["email"], "ann@station.example");
    assert_eq!(told["user"]["is_admin"], false);
    assert!(told["csrf"].is_string() && told["expires"].is_string() && told.get("token").is_none(), "{told}");

    let page = rig.sign_in("ann@station.example").await;
    let me: Value = rig.get(&page, "/api/auth/me").await.json().await.unwrap();
    assert_eq!((&me["user"]["access"], &me["csrf"]), (&json!("operator"), &json!(page.csrf)));

    let left = rig.change(&page, Method::POST, "/api/auth/logout", json!({})).await;
    assert_eq!(left.status(), 200);
    assert!(left.headers()["set-cookie"].to_str().unwrap().starts_with("audyn=; Max-Age=0;"));
    refusal(rig.get(&page, "/api/auth/me").await, 401, "unauthenticated").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_gets_a_token_and_no_cookie() {
    let rig = Rig::open().await;
    rig.user("ann@station.example", "viewer", None).await;
    let reply = rig
        .request(Method::POST, "/api/auth/local")
        .json(&json!({ "email": "ann@station.example", "password": PASSWORD, "token": true }))
        .send()
        .await
        .unwrap();
    assert!(!reply.headers().contains_key("set-cookie"));
    let told: Value = reply.json().await.unwrap();
    let status = rig.request(Method::GET, "/api/control/status").bearer_auth(told["token"].as_str().unwrap());
    assert_eq!(status.send().await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_shows_nothing_or_something_wrong_is_told_so() {
    let rig = Rig::open().await;
    let status = || rig.request(Method::GET, "/api/control/status");
    let told = refusal(status().send().await.unwrap(), 401, "unauthenticated").await;
    assert_eq!(told["message"], "Not authenticated");
    for wrong in ["Bearer nonsense", "Bearer ", "Basic YTpi", "nonsense", "BearerBearer x"] {
        let reply = status().header("authorization", wrong).send().await.unwrap();
        assert_eq!(reply.headers()["www-authenticate"], "Bearer");
        assert_eq!(refusal(reply, 401, "unauthenticated").await["message"], "Invalid token", "{wrong}");
    }
    let wrong = json!({ "email": "nobody@station.example", "password": "wrong password" });
    let reply = rig.request(Method::POST, "/api/auth/local").json(&wrong).send().await.unwrap();
    refusal(reply, 401, "unauthenticated").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn breakglass_answers_as_it_was_written_down() {
    let rig = Rig::open().await;
    let attempt = async |password: &str| {
        let body = json!({ "password": password });
        rig.request(Method::POST, "/api/auth/breakglass").json(&body).send().await.unwrap()
    };
    assert_eq!(refusal(attempt("whatever").await, 403, "forbidden").await["message"], "Breakglass disabled");
    rig.ask("set_breakglass", json!({ "on": true, "password": PASSWORD })).await;
    let told = refusal(attempt("wrong password").await, 401, "unauthenticated").await;
    assert_eq!(told["message"], "Invalid credentials");
    let told: Value = attempt(PASSWORD).await.json().await.unwrap();
    assert_eq!(
        (&told["user"]["id"], &told["user"]["email"], &told["user"]["name"], &told["user"]["is_admin"]),
        (&json!("breakglass"), &json!("admin@local"), &json!("Breakglass Admin"), &json!(true))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_says_what_it_offers_and_no_more() {
    let rig = Rig::open().await;
    let ways: Value = rig.request(Method::GET, "/api/auth/ways").send().await.unwrap().json().await.unwrap();
    assert_eq!(
        (&ways["local"], &ways["breakglass"], &ways["provider"]),
        (&json!(false), &json!(false), &json!(false))
    );
    let health: Value = rig.request(Method::GET, "/health").send().await.unwrap().json().await.unwrap();
    assert_eq!(health, json!({ "status": "ok" }));
    for path in
        ["/metrics", "/api/openapi.json", "/api/docs", "/api/assets/x/content", "/ws/levels", "/ws/events"]
    {
        let reply = rig.request(Method::GET, path).send().await.unwrap();
        refusal(reply, 401, "unauthenticated").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_by_a_page_needs_its_token() {
    let rig = Rig::open().await;
    let page = rig.admin().await;
    let start = || rig.request(Method::POST, "/api/control/start-all").header("cookie", &page.cookie);
    refusal(start().send().await.unwrap(), 403, "forbidden").await;
    refusal(start().header("x-audyn-csrf", "guess").send().await.unwrap(), 403, "forbidden").await;
    let other = rig.sign_in("admin@station.example").await;
    refusal(start().header("x-audyn-csrf", &other.csrf).send().await.unwrap(), 403, "forbidden").await;
    assert_eq!(start().header("x-audyn-csrf", &page.csrf).send().await.unwrap().status(), 200);
    // A program has no cookie that a page elsewhere could use.
    let token = rig.token("operator").await;
    let by_token = rig.request(Method::POST, "/api/control/stop-all").bearer_auth(token);
    assert_eq!(by_token.send().await.unwrap().status(), 200);
}
