-- How far an `eventsourcing` application has processed each of the applications it follows. It is
-- moved in the transaction that writes the events which came out of the processing.
CREATE TABLE IF NOT EXISTS tracking (
    application     text   PRIMARY KEY,
    notification_id bigint NOT NULL
) WITH (fillfactor = 10);
