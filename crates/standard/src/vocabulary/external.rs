//! External services and the channels by which information leaves (clauses 3-4, 7-1-(7), 7-10).

use super::words;

words! {
    /// How an external service is engaged. Whether it is a cloud service is a further flag.
    ServiceType, "service type" {
        Outsourcing = "outsourcing", "委託", "Outsourcing";
        TermsOnly = "terms_only", "約款への同意のみ", "Terms of use only";
        Negotiated = "negotiated", "約款に特約等", "Terms with special agreement";
        Government = "government", "国・LGWAN-ASP", "Government or LGWAN-ASP";
    }
}

words! {
    /// A channel whose use depends on the class of what is sent.
    Channel, "channel" {
        MailAttachment = "mail_attachment", "メール添付", "Mail attachment";
        Webform = "webform", "Web経由の送信", "Sending through a web form";
        Social = "social", "SNS", "Social media";
    }
}
