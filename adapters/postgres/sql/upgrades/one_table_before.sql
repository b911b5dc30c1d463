-- The log was one table that named its streams and topics in words. It and its streams step aside
-- for the new tables. Their locks keep every program away until all is done.
DROP VIEW IF EXISTS recorded;
DROP FUNCTION IF EXISTS append;

ALTER TABLE event RENAME TO event_before;
ALTER INDEX event_pkey RENAME TO event_before_pkey;
ALTER TABLE stream RENAME TO stream_before;
ALTER INDEX stream_pkey RENAME TO stream_before_pkey;

ALTER TABLE lane ADD COLUMN epoch bigint  NOT NULL DEFAULT 0,
                 ADD COLUMN open  boolean NOT NULL DEFAULT true;
