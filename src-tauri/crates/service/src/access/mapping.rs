//! What somebody may whom an identity provider vouches for. Pure.

use crate::api::Access;
use crate::api::wire::EntraSettings;

/// By groups and app roles, the most that any of them gives; none: they do not come in.
pub(super) fn access_of(
    settings: &EntraSettings,
    groups: &[String],
    roles: &[String],
) -> Option<(Access, Option<String>)> {
    let member = |named: &String| {
        groups.iter().chain(roles).any(|own| own.eq_ignore_ascii_case(named.trim()) && !own.is_empty())
    };
    let any = |named: &[String]| named.iter().any(member);
    let studio = settings.studios.iter().find(|studio| member(&studio.group)).map(|s| s.studio_id.clone());
    match studio {
        _ if any(&settings.admins) => Some((Access::Admin, None)),
        _ if any(&settings.operators) => Some((Access::Operator, None)),
        Some(studio) => Some((Access::Studio, Some(studio))),
        None if any(&settings.viewers) => Some((Access::Viewer, None)),
        None => settings.others.filter(|access| *access != Access::Studio).map(|access| (access, None)),
    }
}

#[cfg(test)]
mod tests;
