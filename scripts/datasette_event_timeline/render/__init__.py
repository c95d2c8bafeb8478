"""Words and figures for templates: no queries, no markup."""
