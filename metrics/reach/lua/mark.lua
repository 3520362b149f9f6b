-- An open table says that the ledger went back in time while it was open.
-- KEYS[1] open HASH
-- Returns 1; 0 when it is not open.
if redis.call('HEXISTS', KEYS[1], '.epsilon') == 0 then return 0 end
redis.call('HSET', KEYS[1], '.back', 1)
return 1
