-- Quick exit: nobody who holds the phone can come back; what the page kept is dead.
-- KEYS[1] state HASH
-- Returns 1 or 0.
return redis.call('HDEL', KEYS[1], 'tok', 'sh') > 0 and 1 or 0
