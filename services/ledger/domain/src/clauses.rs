//! The clauses the ledger's rules point at, each named once.

use kernel::ClauseId;

macro_rules! clauses {
    ($($(#[$doc:meta])* $name:ident = $id:literal;)+) => {
        $($(#[$doc])* pub const $name: ClauseId = ClauseId::known($id);)+

        /// Every clause above, for the test that the pack has them.
        #[cfg(test)]
        pub(crate) const ALL: &[ClauseId] = &[$($name),+];
    };
}

clauses! {
    /// All administrative information is classified.
    ALL_CLASSIFIED = "3-1-0";
    /// Class S lies within class I.
    CLASS_S = "3-1-(2)-1";
    /// Systems are judged for importance.
    IMPORTANCE = "3-2-0";
    /// Important: several sections use it.
    SEVERAL_SECTIONS = "3-2-1";
    /// Important: handles class S.
    HANDLES_S = "3-2-2";
    /// Important: a week's outage would gravely harm administration.
    OUTAGE_IMPACT = "3-2-3";
    /// Important: the manager's discretion.
    DISCRETION = "3-2-4";
    /// Networks are classified.
    NETWORK_CLASS = "3-3-0";
    /// S, I and II information stands in a ledger.
    INFORMATION_LEDGER = "3-4-(1)-2";
    /// Information no longer needed is erased.
    ERASE_UNNEEDED = "3-4-(1)-11";
    /// The My Number network has no external connection.
    MY_NUMBER_CLOSED = "3-6-(1)-ア-1";
    /// The LGWAN and Internet networks do not communicate.
    LGWAN_APART = "3-6-(2)-ア-1";
    /// The Internet network takes part in the prefectural security cloud.
    SECURITY_CLOUD = "3-6-(3)-ア-1";
    /// Take-outs are on record.
    TAKEOUT_RECORD = "4-1-6";
    /// Personal devices are not connected.
    NO_PERSONAL_DEVICES = "4-1-9";
    /// Systems stand in a ledger.
    SYSTEM_LEDGER = "7-1-(1)-1";
    /// Multi-factor authentication is considered for S and I systems.
    MFA_CONSIDERED = "7-2-(2)-1";
    /// Systems with personal information have no external connection.
    PERSONAL_INFORMATION_CLOSED = "7-2-(6)-1a";
    /// External connections have the CISO's permission.
    EXTERNAL_PERMITTED = "7-2-(6)-2c";
    /// Devices are connected by permission.
    DEVICE_PERMITTED = "7-2-(7)-1";
    /// A device is used on its own network only.
    DEVICE_BOUND = "7-2-(7)-2";
}
