//! How many requests are too many.

/// Requests that are limited together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// What could guess a secret. A refresh comes with each page that is loaded, the keys with each function.
    Auth,
    /// All else.
    Default,
}

impl Class {
    /// The class of a path.
    pub(crate) fn of(path: &str) -> Self {
        match path {
            "/v1/auth/sign-up"
            | "/v1/auth/sign-in"
            | "/v1/auth/token"
            | "/v1/auth/verify-email"
            | "/v1/auth/verify-email/resend"
            | "/v1/auth/password"
            | "/v1/auth/password/forgot"
            | "/v1/auth/password/reset"
            | "/v1/auth/email"
            | "/v1/auth/pin"
            | "/v1/auth/passkeys/registration"
            | "/v1/auth/passkeys/challenge"
            | "/v1/auth/passkeys/sign-in"
            | "/v1/account" => Self::Auth,
            _ => Self::Default,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Default => "default",
        }
    }

    pub(crate) fn requests_setting(self) -> &'static str {
        match self {
            Self::Auth => "rate-limit.auth-requests",
            Self::Default => "rate-limit.requests",
        }
    }

    pub(crate) fn window_setting(self) -> &'static str {
        match self {
            Self::Auth => "rate-limit.auth-window-ms",
            Self::Default => "rate-limit.window-ms",
        }
    }

    /// The limit unless the settings say otherwise.
    pub(crate) fn default_limit(self) -> Limit {
        match self {
            Self::Auth => Limit::new(20, 10_000),
            Self::Default => Limit::new(300, 10_000),
        }
    }
}

/// So many requests in each window of so many milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) requests: u32,
    pub(crate) window_ms: u64,
}

impl Limit {
    /// A limit; a window has at least one millisecond.
    pub(crate) fn new(requests: u32, window_ms: u64) -> Self {
        Self { requests, window_ms: window_ms.max(1) }
    }

    /// The window that a time (Unix milliseconds) falls into.
    pub(crate) fn window(self, now: u64) -> Window {
        Window { limit: self, index: now / self.window_ms, left_ms: self.window_ms - now % self.window_ms }
    }

    /// The limit as `RateLimit-Policy` tells it (draft-ietf-httpapi-ratelimit-headers, section 3).
    pub(crate) fn policy(self, class: Class) -> String {
        format!("\"{}\";q={};w={}", class.name(), self.requests, self.window_ms.div_ceil(1_000))
    }
}

/// One window of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) limit: Limit,
    index: u64,
    left_ms: u64,
}

impl Window {
    /// The name of a caller's counter in this window.
    pub(crate) fn key(&self, class: Class, caller: &str) -> String {
        format!("{}:{}:{caller}", class.name(), self.index)
    }

    /// Whether a caller who has made so many requests, this one included, may go on.
    pub(crate) fn admits(&self, requests: i64) -> bool {
        requests <= i64::from(self.limit.requests)
    }

    /// After how many seconds the next window begins, rounded up.
    pub(crate) fn seconds_left(&self) -> u32 {
        u32::try_from(self.left_ms.div_ceil(1_000)).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_request_allowed_is_admitted_and_the_next_is_not() {
        let window = Limit::new(3, 10_000).window(12_345);
        assert!(window.admits(3) && !window.admits(4));
        assert_eq!(window.seconds_left(), 8);
    }

    #[test]
    fn each_window_class_and_caller_has_its_own_counter() {
        let limit = Limit::new(3, 10_000);
        let key = |now, class, caller| limit.window(now).key(class, caller);
        assert_eq!(key(10_000, Class::Default, "a"), key(19_999, Class::Default, "a"));
        let first = key(19_999, Class::Default, "a");
        for other in [key(20_000, Class::Default, "a"), key(19_999, Class::Auth, "a"), key(19_999, Class::Default, "b")]
        {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn guessing_passwords_is_limited_more_strictly() {
        assert_eq!(Class::of("/v1/auth/sign-in"), Class::Auth);
        assert_eq!(Class::of("/v1/auth/refresh"), Class::Default);
        assert!(Class::Auth.default_limit().requests < Class::Default.default_limit().requests);
        assert_eq!(Limit::new(20, 10_500).policy(Class::Auth), "\"auth\";q=20;w=11");
    }

    #[test]
    fn a_window_of_nothing_is_no_division_by_zero() {
        assert_eq!(Limit::new(1, 0).window(5).seconds_left(), 1);
    }
}
