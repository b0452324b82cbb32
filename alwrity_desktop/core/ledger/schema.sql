CREATE TABLE series (
    id INTEGER NOT NULL,
    account TEXT NOT NULL,
    source TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    project TEXT NOT NULL,
    agent TEXT NOT NULL,
    conversation TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    billing_period TEXT NOT NULL,
    api_key TEXT NOT NULL,
    status_code INTEGER NOT NULL,
    price_status TEXT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT series_once UNIQUE (account, source, provider, model, project, agent, conversation, endpoint, billing_period, api_key, status_code, price_status)
)

CREATE TABLE quotes (
    id INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (body)
)

CREATE TABLE batches (
    id INTEGER NOT NULL,
    door TEXT NOT NULL,
    booked_at_ms INTEGER NOT NULL,
    PRIMARY KEY (id)
)

CREATE TABLE files (
    id INTEGER NOT NULL,
    source TEXT NOT NULL,
    path TEXT NOT NULL,
    device INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    next_offset INTEGER NOT NULL,
    prefix_bytes INTEGER NOT NULL,
    prefix_hash BLOB NOT NULL,
    state BLOB NOT NULL,
    read_at_ms INTEGER NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT files_once UNIQUE (source, path)
)

CREATE TABLE calls (
    id INTEGER NOT NULL,
    identity TEXT NOT NULL,
    series_id INTEGER NOT NULL,
    occurred_at_ms INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    file_id INTEGER,
    input_tokens INTEGER NOT NULL,
    cache_read_tokens INTEGER NOT NULL,
    cache_write_5m_tokens INTEGER NOT NULL,
    cache_write_1h_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    web_searches INTEGER NOT NULL,
    images INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    duration_ms INTEGER,
    cost_pico INTEGER,
    quote_id INTEGER,
    flags INTEGER NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT calls_cost_bound CHECK (abs(cost_pico) <= 1000000000000000000)
)

CREATE INDEX calls_by_time ON calls (occurred_at_ms)

CREATE UNIQUE INDEX calls_once ON calls (identity)

CREATE TRIGGER calls_never_change BEFORE UPDATE ON calls BEGIN SELECT RAISE(ABORT, 'money is never updated: book a correction'); END

CREATE TABLE budgets (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    limit_value INTEGER NOT NULL,
    period TEXT NOT NULL,
    provider TEXT,
    model TEXT,
    enforcement TEXT NOT NULL,
    thresholds TEXT NOT NULL,
    revision INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    project TEXT
)

CREATE TABLE alerts (
    id INTEGER NOT NULL,
    once_key TEXT NOT NULL,
    group_key TEXT NOT NULL,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL,
    threshold_percent INTEGER,
    title TEXT NOT NULL,
    message TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    period_end_ms INTEGER,
    read_at_ms INTEGER,
    budget_id INTEGER,
    provider TEXT,
    notification TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (once_key)
)

CREATE INDEX alerts_by_notification ON alerts (notification)

CREATE TABLE prices (
    id INTEGER NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    effective_from TEXT NOT NULL,
    body TEXT NOT NULL,
    set_at_ms INTEGER NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT prices_once UNIQUE (provider, model, effective_from)
)

CREATE TABLE statements (
    id INTEGER NOT NULL,
    account TEXT NOT NULL,
    origin TEXT NOT NULL,
    kind TEXT NOT NULL,
    period TEXT NOT NULL,
    "key" TEXT NOT NULL,
    label TEXT NOT NULL,
    calls INTEGER,
    messages INTEGER,
    conversations INTEGER,
    tokens INTEGER,
    input_tokens INTEGER,
    output_tokens INTEGER,
    cost_pico INTEGER,
    occurred_at_ms INTEGER,
    said_at_ms INTEGER NOT NULL,
    confirmed_at_ms INTEGER NOT NULL,
    PRIMARY KEY (id)
)

CREATE INDEX statements_by_name ON statements (account, origin, kind, period, "key")

CREATE TABLE server_facts (
    id INTEGER NOT NULL,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    said_at_ms INTEGER NOT NULL,
    confirmed_at_ms INTEGER NOT NULL,
    PRIMARY KEY (id)
)

CREATE INDEX server_facts_by_name ON server_facts (account, name)

CREATE TABLE sync_states (
    account TEXT NOT NULL,
    first_ok_ms INTEGER,
    last_ok_ms INTEGER,
    is_whole INTEGER NOT NULL,
    state TEXT NOT NULL,
    trouble TEXT NOT NULL,
    PRIMARY KEY (account)
)

CREATE TABLE remainders (
    account TEXT NOT NULL,
    provider TEXT NOT NULL,
    billing_period TEXT NOT NULL,
    occurred_at_ms INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    unsplit_tokens INTEGER NOT NULL,
    cost_pico INTEGER NOT NULL,
    PRIMARY KEY (account, provider, billing_period)
)

CREATE TABLE tip_states (
    account TEXT NOT NULL,
    tip_id TEXT NOT NULL,
    state TEXT NOT NULL,
    set_at_ms INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (account, tip_id)
)

CREATE TABLE price_revisions (
    id INTEGER NOT NULL,
    account TEXT NOT NULL,
    made_at_ms INTEGER NOT NULL,
    undoes_id INTEGER,
    body TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(undoes_id) REFERENCES price_revisions (id)
)

CREATE TABLE series_groups (
    series_id INTEGER NOT NULL,
    day_series_id INTEGER NOT NULL,
    model_series_id INTEGER NOT NULL,
    PRIMARY KEY (series_id)
)

CREATE TABLE half_hour_rollups (
    quarter INTEGER NOT NULL,
    series_id INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    cache_read_tokens INTEGER NOT NULL,
    cache_write_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cost_micro INTEGER NOT NULL,
    cost_rest_pico INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    duration_calls INTEGER NOT NULL,
    PRIMARY KEY (quarter, series_id)
)
 WITHOUT ROWID

CREATE TABLE day_rollups (
    quarter INTEGER NOT NULL,
    series_id INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    cache_read_tokens INTEGER NOT NULL,
    cache_write_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cost_micro INTEGER NOT NULL,
    cost_rest_pico INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    duration_calls INTEGER NOT NULL,
    PRIMARY KEY (quarter, series_id)
)
 WITHOUT ROWID

CREATE TABLE long_durations (
    quarter INTEGER NOT NULL,
    series_id INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (quarter, series_id, bucket)
)
 WITHOUT ROWID

CREATE TABLE rejects (
    file_id INTEGER NOT NULL,
    reason TEXT NOT NULL,
    lines INTEGER NOT NULL,
    example_offset INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (file_id, reason),
    FOREIGN KEY(file_id) REFERENCES files (id)
)

CREATE TABLE corrections (
    id INTEGER NOT NULL,
    call_id INTEGER NOT NULL,
    identity TEXT NOT NULL,
    series_id INTEGER NOT NULL,
    occurred_at_ms INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    file_id INTEGER,
    input_tokens INTEGER NOT NULL,
    cache_read_tokens INTEGER NOT NULL,
    cache_write_5m_tokens INTEGER NOT NULL,
    cache_write_1h_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    web_searches INTEGER NOT NULL,
    images INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    duration_ms INTEGER,
    cost_pico INTEGER,
    quote_id INTEGER,
    flags INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(call_id) REFERENCES calls (id)
)

CREATE INDEX corrections_by_time ON corrections (occurred_at_ms)

CREATE INDEX ix_corrections_call_id ON corrections (call_id)

CREATE TRIGGER corrections_never_change BEFORE UPDATE ON corrections BEGIN SELECT RAISE(ABORT, 'money is never updated: book a correction'); END

CREATE TABLE sightings (
    seen_id INTEGER NOT NULL,
    call_id INTEGER NOT NULL,
    is_counted INTEGER NOT NULL,
    PRIMARY KEY (seen_id),
    FOREIGN KEY(seen_id) REFERENCES calls (id),
    FOREIGN KEY(call_id) REFERENCES calls (id)
)

CREATE INDEX ix_sightings_call_id ON sightings (call_id)

CREATE INDEX sightings_counted ON sightings (call_id) WHERE is_counted

CREATE TABLE response_ids (
    call_id INTEGER NOT NULL,
    response_id TEXT NOT NULL,
    PRIMARY KEY (call_id),
    FOREIGN KEY(call_id) REFERENCES calls (id)
)

CREATE INDEX ix_response_ids_response_id ON response_ids (response_id)

CREATE TABLE request_hashes (
    call_id INTEGER NOT NULL,
    request_hash INTEGER NOT NULL,
    asked_at_ms INTEGER NOT NULL,
    answered_at_ms INTEGER NOT NULL,
    PRIMARY KEY (call_id),
    FOREIGN KEY(call_id) REFERENCES calls (id)
)

CREATE INDEX request_hashes_by_request ON request_hashes (request_hash, answered_at_ms)

CREATE TABLE rollups (
    quarter INTEGER NOT NULL,
    series_id INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    cache_read_tokens INTEGER NOT NULL,
    cache_write_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cost_micro INTEGER NOT NULL,
    cost_rest_pico INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    duration_calls INTEGER NOT NULL,
    PRIMARY KEY (quarter, series_id),
    FOREIGN KEY(series_id) REFERENCES series (id)
)
 WITHOUT ROWID

CREATE INDEX rollups_by_series ON rollups (series_id, quarter)

CREATE TABLE durations (
    quarter INTEGER NOT NULL,
    series_id INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (quarter, series_id, bucket),
    FOREIGN KEY(series_id) REFERENCES series (id)
)
 WITHOUT ROWID

CREATE INDEX durations_by_series ON durations (series_id, quarter)

CREATE TABLE server_alerts (
    account TEXT NOT NULL,
    server_id TEXT NOT NULL,
    alert_id INTEGER NOT NULL,
    is_read_there INTEGER NOT NULL,
    PRIMARY KEY (account, server_id),
    FOREIGN KEY(alert_id) REFERENCES alerts (id)
)

CREATE INDEX ix_server_alerts_alert_id ON server_alerts (alert_id)

CREATE TABLE repriced (
    correction_id INTEGER NOT NULL,
    revision_id INTEGER NOT NULL,
    PRIMARY KEY (correction_id),
    FOREIGN KEY(correction_id) REFERENCES corrections (id),
    FOREIGN KEY(revision_id) REFERENCES price_revisions (id)
)

CREATE INDEX ix_repriced_revision_id ON repriced (revision_id)
