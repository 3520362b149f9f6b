-- A node begins to count a day, under the name of a batch that it will flush once.
-- KEYS[1] pending HASH batch -> day   KEYS[2] meta HASH
-- ARGV[1] batch  [2] day  [3] a random name, for a ledger that has none
-- Returns {name of this life of the ledger, flushes so far}.
redis.call('HSETNX', KEYS[2], 'life', ARGV[3])
redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
return {redis.call('HGET', KEYS[2], 'life'), tonumber(redis.call('HGET', KEYS[2], 'flushes') or 0)}
