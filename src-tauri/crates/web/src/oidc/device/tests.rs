use openidconnect::core::CoreDeviceAuthorizationResponse;
use serde_json::{Value, json};

use super::{Shown, shown};

fn of(change: Value) -> Option<Shown> {
    let mut answer = json!({
        "device_code": "d", "user_code": "BCDF-GHJK", "verification_uri": "https://idp.example/device",
        "verification_uri_complete": "https://idp.example/device?user_code=BCDF-GHJK", "expires_in": 600,
    });
    answer.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    shown(&serde_json::from_value::<CoreDeviceAuthorizationResponse>(answer).unwrap())
}

#[test]
fn only_an_address_by_tls_and_a_code_that_can_be_typed_are_shown() {
    let all = of(json!({})).unwrap();
    assert_eq!((all.code.as_str(), all.address.as_str()), ("BCDF-GHJK", "https://idp.example/device"));
    assert_eq!(all.link.as_deref(), Some("https://idp.example/device?user_code=BCDF-GHJK"));
    for wrong in [
        json!({ "user_code": "" }),
        json!({ "user_code": "<b>\u{202e}" }),
        json!({ "user_code": "1".repeat(41) }),
        json!({ "verification_uri": "http://idp.example/device" }),
        json!({ "verification_uri": "javascript:alert(1)" }),
        json!({ "verification_uri": "https://you@idp.example/" }),
    ] {
        assert_eq!(of(wrong.clone()), None, "{wrong}");
    }
    // The code can be typed all the same.
    let link = of(json!({ "verification_uri_complete": "javascript:alert(1)" })).unwrap();
    assert_eq!(link.link, None);
}

#[test]
fn no_code_is_waited_for_longer_than_a_quarter_of_an_hour() {
    assert_eq!(of(json!({ "expires_in": 600 })).unwrap().lasts_s, 600);
    assert_eq!(of(json!({ "expires_in": u64::MAX })).unwrap().lasts_s, 900);
}
