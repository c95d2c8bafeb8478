"""Words and figures for pages: no queries, no markup."""
