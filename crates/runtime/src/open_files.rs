//! Room for as many open files as the configured bounds may need. A connection is an open file: a
//! system that allows fewer than the bounds do would break off whatever comes next, a database's file
//! as well as a stranger's connection.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{Config, config::Limits};

/// What a process opens beside connections that are bounded here: binaries, keys, databases' files, and
/// connections to databases, the broker and other services.
const BESIDE: u64 = 256;

/// Lets this process open what its bounds may need, as far as the system allows, and warns where that
/// is not enough.
pub fn make_room(config: &Config) {
    let doors = u64::from(config.identity.ic_card.listen.is_some());
    let room = Room::judge(&config.limits, 2 + doors, getrlimit(Resource::Nofile));
    let refused = match room {
        Room::Enough => return,
        Room::Raise(limit) => setrlimit(Resource::Nofile, limit).err(),
        Room::Short(_) => None,
    };
    match (room, refused) {
        (_, Some(error)) => tracing::warn!(%error, "the limit of open files cannot be raised"),
        (Room::Short(short), None) => tracing::warn!(
            needed = short.needed,
            allowed = short.allowed,
            fitting = short.fitting,
            "limits.max_connections lets more connections in than this process may open files: raise \
             the hard limit (ulimit -Hn, LimitNOFILE=) to `needed`, or lower the key to `fitting`"
        ),
        _ => {}
    }
}

/// What the limit of open files comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Room {
    /// There is room.
    Enough,
    /// There is, with this limit.
    Raise(Rlimit),
    /// There is not, and the system allows no more.
    Short(Short),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Short {
    needed: u64,
    allowed: u64,
    /// The most that `limits.max_connections` could be.
    fitting: u64,
}

impl Room {
    fn judge(limits: &Limits, ports: u64, now: Rlimit) -> Self {
        let needed = ports.saturating_mul(limits.max_connections as u64) + BESIDE;
        let enough = |limit: Option<u64>| limit.is_none_or(|limit| limit >= needed);
        if enough(now.current) {
            return Self::Enough;
        }
        if enough(now.maximum) {
            return Self::Raise(Rlimit {
                current: Some(needed),
                maximum: now.maximum,
            });
        }
        let allowed = now.maximum.unwrap_or(u64::MAX);
        Self::Short(Short {
            needed,
            allowed,
            fitting: allowed.saturating_sub(BESIDE) / ports,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(current: u64, maximum: Option<u64>) -> Room {
        let limits = Limits {
            max_connections: 4096,
            ..Limits::default()
        };
        let now = Rlimit {
            current: Some(current),
            maximum,
        };
        Room::judge(&limits, 2, now)
    }

    #[test]
    fn the_limit_of_open_files_is_raised_to_what_the_bounds_may_need_and_no_further() {
        let needed = 2 * 4096 + BESIDE;
        assert_eq!(judge(needed, Some(needed)), Room::Enough);
        for maximum in [Some(needed), None] {
            let raised = Rlimit {
                current: Some(needed),
                maximum,
            };
            assert_eq!(judge(needed - 1, maximum), Room::Raise(raised));
        }
    }

    #[test]
    fn where_the_system_allows_fewer_it_is_said_how_many_connections_would_fit() {
        let short = Short {
            needed: 2 * 4096 + BESIDE,
            allowed: 1024,
            fitting: (1024 - BESIDE) / 2,
        };
        assert_eq!(judge(1024, Some(1024)), Room::Short(short));
    }

    #[test]
    fn a_process_makes_room_for_its_own_bounds() {
        let mut config = Config::default();
        config.limits.max_connections = 64;
        make_room(&config);
        let now = getrlimit(Resource::Nofile);
        let short = Room::judge(&config.limits, 2, now);
        assert_eq!(short, Room::Enough, "384 open files are nowhere too many");
    }
}
