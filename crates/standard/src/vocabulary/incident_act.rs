//! What a manager does about a security incident, as far as a deputy can do it in their place.

use super::words;

words! {
    /// A kind of act on an incident (8-3). An absence plan names it beside the kinds of permits.
    IncidentAct, "act on an incident" {
        Acknowledge = "incident.acknowledge", "障害報告の受領", "Taking in a report";
        Investigate = "incident.investigate", "障害の調査", "Investigating";
        /// Stopping and resuming systems, reporting that, holding access records.
        Contain = "incident.contain", "障害の拡大防止", "Containing";
        Recover = "incident.recover", "障害からの復旧", "Recovering";
    }
}
