-- The last ticket number given in each workspace. A row and not a sequence, because workspaces
-- come and go without anybody creating objects for them.
CREATE TABLE IF NOT EXISTS ticket_number (
    workspace text   PRIMARY KEY,
    last      bigint NOT NULL
) WITH (fillfactor = 10);
