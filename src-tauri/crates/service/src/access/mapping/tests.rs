use super::*;
use crate::api::wire::StudioGroup;

fn settings(others: Option<Access>) -> EntraSettings {
    EntraSettings {
        admins: vec!["g-admin".into(), "Audyn.Admin".into()],
        operators: vec!["g-op".into()],
        studios: vec![
            StudioGroup { group: "g-a".into(), studio_id: "studio-a".into() },
            StudioGroup { group: "g-b".into(), studio_id: "studio-b".into() },
        ],
        viewers: vec!["g-look".into()],
        others,
        ..crate::access::defaults().entra
    }
}

#[test]
fn the_most_that_any_group_or_role_gives_holds() {
    let check = |groups: &[&str], roles: &[&str], expected: Option<(Access, Option<&str>)>| {
        let own = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let found = access_of(&settings(None), &own(groups), &own(roles));
        assert_eq!(found, expected.map(|(access, s)| (access, s.map(str::to_owned))), "{groups:?} {roles:?}");
    };
    check(&[], &[], None);
    check(&["other"], &["other"], None);
    check(&[""], &[""], None);
    check(&["g-look"], &[], Some((Access::Viewer, None)));
    check(&["g-look", "g-b"], &[], Some((Access::Studio, Some("studio-b"))));
    check(&["g-b", "g-a"], &[], Some((Access::Studio, Some("studio-a"))));
    check(&["g-a", "g-op"], &[], Some((Access::Operator, None)));
    check(&["g-a", "G-ADMIN"], &[], Some((Access::Admin, None)));
    check(&[], &["audyn.admin"], Some((Access::Admin, None)));
}

#[test]
fn everybody_else_gets_what_is_set_and_never_a_studio() {
    for (others, expected) in
        [(None, None), (Some(Access::Viewer), Some((Access::Viewer, None))), (Some(Access::Studio), None)]
    {
        assert_eq!(access_of(&settings(others), &[], &[]), expected);
    }
}

#[test]
fn an_empty_name_in_the_settings_takes_nobody_in() {
    let open = EntraSettings { admins: vec![String::new(), " ".into()], ..settings(None) };
    assert_eq!(access_of(&open, &[String::new(), " ".into()], &[]), None);
}
