//! Minutes.
